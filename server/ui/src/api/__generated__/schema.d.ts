// Written by `npm run generate` from server/openapi.json. Not to be edited.

export interface paths {
    "/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_agent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["approve_agent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revoke_agent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/attestations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_due_attestations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_audit_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_audit_checkpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_audit_verification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["verify_audit_chain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baselines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_baselines"];
        put?: never;
        post: operations["create_baseline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baselines/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_baseline"];
        put?: never;
        post?: never;
        delete: operations["delete_baseline"];
        options?: never;
        head?: never;
        patch: operations["update_baseline"];
        trace?: never;
    };
    "/baselines/{id}/acceptances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_baseline_acceptances"];
        put?: never;
        post: operations["accept_baseline_drift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baselines/{id}/acceptances/{acceptance}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undo_baseline_acceptance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/baselines/{id}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_baseline_drift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates and changes items, joins and parts them, up to 10 000 at once; each gets an answer of its own, also when
         *     others are refused. What an item calls itself by `key` is found again by the next call, so that the same call twice
         *     changes nothing. Items may mean others by id, by key, by name or by their place in the call. With the header
         *     `Idempotency-Key` a call that comes again within a day is told what it was told, and goes on where it ended.
         */
        post: operations["apply_bulk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_cis"];
        put?: never;
        post: operations["create_ci"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["export_cis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_ci"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["update_ci"];
        trace?: never;
    };
    "/cis/{id}/attestations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_attestations"];
        put?: never;
        post: operations["attest_ci"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/class-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["preview_ci_class_change"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["compare_ci"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/lifecycle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["change_ci_lifecycle"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["merge_cis"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/merges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_merges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/moments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_moments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["pin_ci_value"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/pins/{attribute}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["unpin_ci_value"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/relations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_relations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/reporters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_reporters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_samples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/samples/latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_latest_ci_samples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/sections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_sections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/sections/{section}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_ci_section"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/silence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_ci_silence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/software": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_software"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/sources/{source}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["drop_ci_source"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["split_ci"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/{id}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_ci_values"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What changed, appeared and went of what a filter finds at either of two times. Texts are looked for in names and identifiers. */
        get: operations["list_ci_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_edits"];
        put?: never;
        /**
         * Prepares an edit: says what would become of each item, and writes nothing of the register. It is carried out by
         *     `apply`, within a day; a batch of 500 items at a time, by the server, also when it is started again meanwhile. An item
         *     of which something else would become by then is refused.
         */
        post: operations["create_edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/edits/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_edit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/edits/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has it carried out, or go on where it was stopped. The author of what changes is who asks. */
        post: operations["apply_edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/edits/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_edit_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/edits/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops it between two batches; what is done stays done. */
        post: operations["stop_edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cis/edits/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has it taken back: each item becomes what it was where it still is what the edit made of it; the others are kept. */
        post: operations["undo_edit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_classes"];
        put?: never;
        post: operations["create_class"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/classes/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_class"];
        put?: never;
        post?: never;
        delete: operations["delete_class"];
        options?: never;
        head?: never;
        patch: operations["update_class"];
        trace?: never;
    };
    "/classes/{name}/attributes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_attribute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/classes/{name}/attributes/{attribute}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_attribute"];
        options?: never;
        head?: never;
        patch: operations["update_attribute"];
        trace?: never;
    };
    "/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_dead_letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_dead_letter"];
        put?: never;
        post?: never;
        delete: operations["delete_dead_letter"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{id}/ask-again": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["ask_dead_letter_again"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["download_dead_letter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["discard_dead_letters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enrolment-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_enrolment_tokens"];
        put?: never;
        post: operations["create_enrolment_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/enrolment-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_enrolment_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identification/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["explain_identification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identification/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_identification_rules"];
        put?: never;
        post: operations["create_identification_rule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identification/rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["update_identification_rule"];
        post?: never;
        delete: operations["delete_identification_rule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identification/rules/order": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["reorder_identification_rules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identification/shared-identifiers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_shared_identifiers"];
        put?: never;
        post: operations["judge_identifier"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identification/waiting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_waiting_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/import-mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_import_mappings"];
        put?: never;
        post: operations["save_import_mapping"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/import-mappings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_import_mapping"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_imports"];
        put?: never;
        /**
         * Imports a file of another program's: the body is the file, packed by gzip or zlib or not at all. With the header
         *     `Idempotency-Key` the same file is imported once, however often it is sent.
         */
        post: operations["create_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_import"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/{id}/report.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The report on a file as CSV: what was done, and what was not with the reason. */
        get: operations["export_import_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/tables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Imports a table, or says row by row what would happen: the body is the file. With the header `Idempotency-Key` the
         *     same file with the same mapping is imported once. Who accepts `text/csv` gets the report as CSV.
         */
        post: operations["import_table"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/imports/tables/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Looks at a table and proposes what its columns mean: the body is the file, CSV in UTF-8 or EUC-KR or lines of JSON. */
        post: operations["inspect_import_table"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/inventory-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_inventory_tokens"];
        put?: never;
        post: operations["create_inventory_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/inventory-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_inventory_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/merges/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undo_merge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organisations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_organisations"];
        put?: never;
        post: operations["create_organisation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organisations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_organisation"];
        put?: never;
        post?: never;
        delete: operations["delete_organisation"];
        options?: never;
        head?: never;
        patch: operations["update_organisation"];
        trace?: never;
    };
    "/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["set_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_policies"];
        put?: never;
        post: operations["create_policy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policies/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_policy"];
        options?: never;
        head?: never;
        patch: operations["update_policy"];
        trace?: never;
    };
    "/policies/{id}/cis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_policy_cis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policies/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["preview_policy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_policy_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy-runs/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undo_policy_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_proposals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/proposals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_proposal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/proposals/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["answer_proposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/relations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every relation that holds now or held then, and of which both ends are in scope. */
        get: operations["list_relations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/saved-searches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_saved_searches"];
        put?: never;
        post: operations["create_saved_search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/saved-searches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_saved_search"];
        put?: never;
        post?: never;
        delete: operations["delete_saved_search"];
        options?: never;
        head?: never;
        patch: operations["update_saved_search"];
        trace?: never;
    };
    "/saved-searches/{id}/cis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_saved_search_cis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["search_everything"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/search/suggestions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["suggest_search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_session"];
        put?: never;
        post: operations["create_session"];
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_own_sessions"];
        put?: never;
        post?: never;
        delete: operations["delete_other_sessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/all/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_own_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["confirm_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["update_preferences"];
        trace?: never;
    };
    "/session/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_second_factor"];
        put?: never;
        post: operations["offer_second_factor"];
        delete: operations["delete_second_factor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/second-factor/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["activate_second_factor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/second-factor/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["renew_recovery_codes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_setup"];
        put?: never;
        post: operations["complete_setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_silences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/software": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_software"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/software/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_software"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/software/{id}/installations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_installations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/source-orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_source_orders"];
        put: operations["set_source_order"];
        post?: never;
        delete: operations["remove_source_order"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_sources"];
        put?: never;
        post: operations["create_source"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sources/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["update_source"];
        trace?: never;
    };
    "/sources/{name}/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["drop_source"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/splits/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undo_split"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_tags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_tokens"];
        put?: never;
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["revoke_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_users"];
        put?: never;
        post: operations["create_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_user"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["update_user"];
        trace?: never;
    };
    "/users/{id}/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reset_user_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What was accepted of a baseline, newest first. */
        AcceptanceList: {
            items: components["schemas"]["AcceptanceView"][];
        };
        /** @description Differences that somebody accepted. */
        AcceptanceView: {
            /** Format: date-time */
            accepted_at: string;
            accepted_by?: string | null;
            /**
             * Format: date-time
             * @description What was then is what is expected.
             */
            as_of: string;
            /** Format: uuid */
            id: string;
            reason: string;
            /** @description What was accepted, of how many items. */
            topics: components["schemas"]["AcceptedTopicView"][];
            undo_reason?: string | null;
            /** Format: date-time */
            undone_at?: string | null;
            undone_by?: string | null;
        };
        /** @description What of which item is taken as expected. */
        AcceptedItemBody: {
            /** Format: uuid */
            ci_id: string;
            /** @description `attribute.NAME`, `relations`, `software` or `membership`; all that differs of the item unless said. */
            topic?: string | null;
        };
        /** @description What was accepted. */
        AcceptedTopicView: {
            /** Format: int64 */
            cis: number;
            topic: string;
        };
        /** @description Who says what of an item. */
        AccountList: {
            items: components["schemas"]["AccountView"][];
            /**
             * Format: int32
             * @description The version to name in `If-Match`.
             */
            version: number;
        };
        /** @description What is said of one attribute. */
        AccountView: {
            allowed_actions: components["schemas"]["ValueActionView"][];
            /** @description Whether nothing is inherited because containers that are as near say different things. */
            ambiguous: boolean;
            attribute: string;
            order?: components["schemas"]["HeldOrderView"] | null;
            pin?: components["schemas"]["PinView"] | null;
            rule?: components["schemas"]["Rule"] | null;
            /** @description Those asked first before the others. */
            statements: components["schemas"]["StatementView"][];
        };
        /** @description A code of the authenticator. */
        ActivateBody: {
            /** @description Six digits. */
            code: string;
        };
        /** @description An agent. */
        Agent: {
            address?: string | null;
            /** @description `approve` and `revoke`; reasons are `not_pending`, `already_revoked`, `needs_permission`. */
            allowed_actions: components["schemas"]["AllowedAction"][];
            /** Format: date-time */
            certificate_expires_at?: string | null;
            ci?: components["schemas"]["HostCiRef"] | null;
            /**
             * Format: int64
             * @description By how many seconds its host's clock is behind the server's, or ahead of it if less than zero; nothing within two
             *     minutes. What it reports is dated by the server's clock.
             */
            clock_behind_s?: number | null;
            /** @description Other machines that speak with this agent's identity, the latest first: none of what they say is taken. */
            contenders: components["schemas"]["Contender"][];
            copy_of?: components["schemas"]["OriginalAgent"] | null;
            /**
             * Format: int64
             * @description Reports that it had to give up unsent since its spool was made, for want of room or for their age.
             */
            dropped_reports: number;
            /** Format: date-time */
            enrolled_at: string;
            /**
             * Format: int64
             * @description Sections of its host that it could not collect.
             */
            faults: number;
            /** Format: int32 */
            generation: number;
            hostname: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: int64
             * @description Seconds between two of its reports, as it was told last: by these it is judged.
             */
            interval_s: number;
            /** Format: date-time */
            last_seen_at?: string | null;
            organisation: components["schemas"]["OrganisationRef"];
            /**
             * Format: int32
             * @description Reports that wait in its spool, as it said last.
             */
            pending_reports: number;
            presence: components["schemas"]["Presence"];
            state: components["schemas"]["AgentState"];
            version?: string | null;
        };
        /** @description How many agents there are of each kind. The first three are of the active ones; `silent` includes those never seen. */
        AgentCounts: {
            /** Format: int64 */
            late: number;
            /** Format: int64 */
            live: number;
            /** Format: int64 */
            pending: number;
            /** Format: int64 */
            revoked: number;
            /** Format: int64 */
            silent: number;
        };
        /** @description A page of agents, by host name. */
        AgentPage: {
            /** @description Of all agents in reach, whatever the filter. */
            counts: components["schemas"]["AgentCounts"];
            items: components["schemas"]["Agent"][];
            next_cursor?: string | null;
            /** @description Silences in reach that are not taken for the hosts' own; they have an end. */
            silences: components["schemas"]["FleetSilence"][];
        };
        /**
         * @description Whether an agent may speak.
         * @enum {string}
         */
        AgentState: "pending" | "active" | "revoked";
        /** @description The agent that reports as this item. */
        AgentView: {
            /**
             * Format: int64
             * @description By how many seconds the host's clock is behind the server's, or ahead of it if less than zero; nothing within two
             *     minutes.
             */
            clock_behind_s?: number | null;
            /** Format: uuid */
            id: string;
            presence: components["schemas"]["Presence"];
        };
        /** @description An action on a resource, as the server judges it: the browser never works rules out by itself. */
        AllowedAction: {
            /** @description The action's stable name. */
            action: string;
            /** @description Whether the caller may do it now. */
            allowed: boolean;
            /** @description Why not: a stable code. */
            reason?: string | null;
        };
        /** @description An answer. */
        AnswerBody: {
            /** @description Why, at most 4 KiB. */
            note?: string | null;
            /** @description `same` makes them one, `different` keeps it from being asked again, `open` asks again. */
            state: string;
            /** @description Which one stays if they are one: `older` unless said, or `newer`. */
            survivor?: string | null;
        };
        /** @description An area, for some of the items. */
        AreaView: components["schemas"]["TallyView"] & {
            check: components["schemas"]["HealthCheck"];
        };
        /** @description Somebody confirmed an item. */
        AttestationView: {
            /** Format: date-time */
            at: string;
            by?: string | null;
            /** Format: date-time */
            expires_at: string;
            note?: string | null;
            policy: components["schemas"]["NamedView"];
        };
        /** @description Confirms an item. */
        AttestBody: {
            /** @description What there is to say about it. */
            note?: string | null;
        };
        /**
         * @description What changes in an attribute. What is absent stays. Of an inherited one only the rules do, and only for this class
         *     and those below it; of a shipped one the label, the rules and whether it is hidden or passed on.
         */
        AttributeChangeBody: {
            hidden?: boolean | null;
            label?: components["schemas"]["Label"] | null;
            /** @description Whether what contains an item passes its value on to it. */
            passed_on?: boolean | null;
            rules?: components["schemas"]["Rules"] | null;
            target?: string | null;
            /** @description Only as long as no item has or had a value. */
            type?: string | null;
            unit?: string | null;
            values?: components["schemas"]["Choice"][] | null;
        };
        /** @description An attribute that differs; null where nothing was said. */
        AttributeDifferenceView: {
            after?: unknown;
            attribute: string;
            before?: unknown;
        };
        /** @description An attribute. */
        AttributeView: {
            /** @description Whether forms no longer offer it. */
            hidden: boolean;
            /** @description The class that defines it, if that is another one. */
            inherited_from?: string | null;
            label: components["schemas"]["Label"];
            name: string;
            origin: components["schemas"]["Origin"];
            /** @description Whether what contains an item passes its value on to it. */
            passed_on: boolean;
            /** @description What its values must be like in this class, all in all. */
            rules: components["schemas"]["Rules"];
            /** @description Of which class the items are that a `reference` names. */
            target?: string | null;
            /** @description `text`, `integer`, `decimal`, `boolean`, `datetime`, `enum`, `bytes`, `list` or `reference`. */
            type: string;
            unit?: string | null;
            /** @description What an `enum` chooses from. */
            values?: components["schemas"]["Choice"][] | null;
        };
        /** @description Who did it. */
        AuditActor: {
            /** Format: uuid */
            id?: string | null;
            /** @description `user`, `agent` or `system`. */
            kind: string;
            name?: string | null;
        };
        /** @description What the trail was at a time, signed by this installation. */
        AuditCheckpoint: {
            /** Format: date-time */
            at: string;
            /**
             * Format: int64
             * @description How many entries there were.
             */
            count: number;
            /** @description The hash of that entry, in hexadecimal. */
            hash: string;
            /** @description Of the installation's key, base64: keep it elsewhere and compare. */
            public_key: string;
            /**
             * Format: int64
             * @description The last entry at the time; it covers all before it.
             */
            seq: number;
            /** @description Ed25519, base64. */
            signature: string;
        };
        /** @description Something that was done. */
        AuditEntry: {
            /** @description A stable name, `user.created`. */
            action: string;
            actor: components["schemas"]["AuditActor"];
            address?: string | null;
            /** Format: date-time */
            at: string;
            details: {
                [key: string]: unknown;
            };
            /** @description SHA-256 of this entry and the one before, in hexadecimal. */
            hash: string;
            object: components["schemas"]["AuditObject"];
            request_id?: string | null;
            /** Format: int64 */
            seq: number;
        };
        /** @description To what. */
        AuditObject: {
            id: string;
            kind: string;
            name?: string | null;
        };
        /** @description A page of the trail, newest first. */
        AuditPage: {
            items: components["schemas"]["AuditEntry"][];
            next_cursor?: string | null;
        };
        /** @description Whether the newest entries are as they were written and as the checkpoints say. */
        AuditVerification: {
            checkpoint?: components["schemas"]["AuditCheckpoint"] | null;
            /**
             * Format: int64
             * @description How many checkpoints they agree with.
             */
            checkpoints: number;
            /** @description What is wrong, in English. */
            detail?: string | null;
            /**
             * Format: int64
             * @description The first entry that does not hold.
             */
            first_bad_seq?: number | null;
            /**
             * Format: int64
             * @description The newest of them.
             */
            last_seq: number;
            ok: boolean;
            /**
             * Format: int64
             * @description How many entries were looked at, the newest 10,000 at most.
             */
            rows: number;
        };
        /** @description What changes. What is absent stays. */
        BaselineChangeBody: {
            name?: string | null;
            /** @description An empty one takes the note away. */
            note?: string | null;
        };
        /** @description The baselines in scope, by name. */
        BaselineList: {
            items: components["schemas"]["BaselineView"][];
        };
        /** @description A set of items as it was at a time. */
        BaselineView: {
            /** Format: date-time */
            created_at: string;
            created_by?: string | null;
            filter?: components["schemas"]["FilterBody"] | null;
            /** Format: uuid */
            id: string;
            /** @description Whether the caller may rename and delete it and accept what differs from it. */
            may_change: boolean;
            /**
             * Format: int64
             * @description How many items it was taken of.
             */
            members: number;
            name: string;
            note?: string | null;
            /** Format: uuid */
            organisation_id: string;
            /** Format: date-time */
            taken_at: string;
            /** Format: int32 */
            version: number;
        };
        /** @description What became of a call. */
        BulkAnswer: {
            /** @description Whether what was not refused stands in the register now. */
            applied: boolean;
            dry_run: boolean;
            /** @description Each item, in the order of the call. */
            items: components["schemas"]["BulkResult"][];
            totals: components["schemas"]["BulkTotals"];
        };
        /** @description Many items and relations at once. */
        BulkBody: {
            /** @description Everything or nothing; item by item unless said. */
            atomic?: boolean;
            /**
             * @description Whether to leave out values that are shown already, whoever says them: a list that was exported, changed here and
             *     there and comes back says only what was changed.
             */
            differences_only?: boolean;
            /** @description Whether only to say what would happen; nothing is written then. */
            dry_run?: boolean;
            /** @description 1 to 10 000. */
            items: components["schemas"]["BulkItem"][];
            /**
             * Format: uuid
             * @description Where new items belong that do not say; the top of the caller's scope unless said.
             */
            organisation_id?: string | null;
            /** @description As whom the call speaks: the name of a source of kind `import` or `integration`; people unless said. */
            source?: string | null;
        };
        /** @description An item as it is to be. What is absent stays; null withdraws what the source said. */
        BulkCi: {
            /** @description The attributes of its class. One that refers to an item takes an id or what [`Target`] takes. */
            attributes?: {
                [key: string]: unknown;
            };
            /** @description Its class. Needed for a new one. */
            class?: string | null;
            /**
             * Format: int64
             * @description 1 to 4; 1 matters most.
             */
            criticality?: number | null;
            /** @description What it is used for. */
            environment?: string | null;
            /**
             * Format: uuid
             * @description Its id, where it is known.
             */
            id?: string | null;
            /** @description What the source calls it: the next call that says so means the same item. At most 255 bytes. */
            key?: string | null;
            /** @description Where it is in its life. */
            lifecycle?: string | null;
            /**
             * @description The name of an attribute: where no item has the key, the one of which that attribute is shown as it is here is
             *     meant, and has the key from now on.
             */
            match_on?: string | null;
            /** @description What it is called. Needed for a new one. */
            name?: string | null;
            /**
             * Format: uuid
             * @description Where it belongs.
             */
            organisation_id?: string | null;
            /** @description Who answers for it. */
            owner?: string | null;
            /** @description Why, where going to that lifecycle needs a reason. */
            reason?: string | null;
            /** @description Who supports it. */
            support_team?: string | null;
        };
        /** @description What is wrong with one field of an item. */
        BulkFault: {
            /** @description What kind of wrong. */
            code: string;
            /** @description The same for people, in English. */
            detail: string;
            /** @description The field, as `attributes.serial_number`. */
            field: string;
            /**
             * Format: int64
             * @description The limit that was broken, where there is one.
             */
            limit?: number | null;
        };
        /** @description One thing to be done. */
        BulkItem: {
            /** @description An item is to be as this says; one that is not there is created. */
            ci: components["schemas"]["BulkCi"];
        } | {
            /** @description Two items are joined from now on. */
            relation: components["schemas"]["BulkRelation"];
        } | {
            /** @description They are no longer. */
            relation_end: components["schemas"]["BulkRelation"];
        };
        /**
         * @description What becomes of an item.
         * @enum {string}
         */
        BulkOutcome: "created" | "updated" | "unchanged" | "refused";
        /** @description A relation. */
        BulkRelation: {
            /** @description From which item. */
            source: components["schemas"]["BulkTarget"];
            /** @description To which. */
            target: components["schemas"]["BulkTarget"];
            /** @description Its type. */
            type: string;
        };
        /** @description What becomes of an item. */
        BulkResult: {
            /** @description Why it is refused. */
            errors?: components["schemas"]["BulkFault"][];
            /**
             * Format: uuid
             * @description The item's id or the relation's, where there is one; in a dry run what would be new has none yet.
             */
            id?: string | null;
            /** @description Its place in the call, from 0. */
            index: number;
            /** @description What becomes of it. */
            outcome: components["schemas"]["BulkOutcome"];
        };
        /** @description An item that is meant: by one of `id`, `key`, `item` and `name`. */
        BulkTarget: {
            /** @description With `name`: of which class it is. */
            class?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id?: string | null;
            /** @description The place of an earlier item of the same call, from 0. */
            item?: number | null;
            /** @description What the source calls it. */
            key?: string | null;
            /** @description The name that is shown of it, if no other item has it. */
            name?: string | null;
        };
        /** @description How many items became what. */
        BulkTotals: {
            /** @description New ones. */
            created: number;
            /** @description Those that were not done. */
            refused: number;
            /** @description Those of which nothing does. */
            unchanged: number;
            /** @description Those of which something differs. */
            updated: number;
        };
        /** @description Whether the trail is as it was written. */
        ChainReport: {
            /**
             * Format: int64
             * @description The first entry that is missing or not as it was written.
             */
            first_bad_seq?: number | null;
            ok: boolean;
            /** Format: int64 */
            rows: number;
        };
        /**
         * @description What kind of event.
         * @enum {string}
         */
        Change: "added" | "changed" | "removed";
        /** @description A check, and what became of it. */
        CheckView: components["schemas"]["TallyView"] & {
            area: components["schemas"]["HealthArea"];
            check: components["schemas"]["HealthCheck"];
            /** @description Whether it stands for all of its area. */
            is_area: boolean;
            /** @description What lists those that were judged. */
            judged_query: string;
            /** @description Whether it is judged as of today whatever time is looked at, because no history of it is kept. */
            of_today: boolean;
            /** @description What lists those that fail: a part of a query. */
            query: string;
        };
        /** @description A value that an attribute of type `enum` can take. */
        Choice: {
            /** @description As it is shown. */
            label: components["schemas"]["Label"];
            /** @description As it is stored and sent. */
            value: string;
        };
        /** @description Something that can be done with an item, and why not. */
        CiActionView: {
            /** @description `edit`, `reclassify`, `change_lifecycle`, or `become_` and a lifecycle. */
            action: string;
            allowed: boolean;
            /** @description `needs_permission`, `retired`, `of_its_host`, `current_lifecycle` or `no_way_from_lifecycle`. */
            reason?: string | null;
        };
        /** @description What is to be confirmed of an item, and what was. */
        CiAttestationsView: {
            due: components["schemas"]["DueAttestationView"][];
            may_attest: boolean;
            /** @description Latest first; 50 at most. */
            past: components["schemas"]["AttestationView"][];
        };
        /** @description What changes. What is absent stays; null withdraws what people said. */
        CiChangeBody: {
            attributes?: {
                [key: string]: unknown;
            };
            /** @description Another class. What it has no place for ends: `/cis/{id}/class-change` tells what that is. */
            class?: string | null;
            /** Format: int64 */
            criticality?: number | null;
            environment?: string | null;
            name?: string | null;
            owner?: string | null;
            support_team?: string | null;
        };
        /** @description A configuration item with everything its page needs. */
        CiDetailView: components["schemas"]["CiView"] & {
            agent?: components["schemas"]["AgentView"] | null;
            allowed_actions: components["schemas"]["CiActionView"][];
            counts: components["schemas"]["CountsView"];
            faults: components["schemas"]["FaultView"][];
            /** @description What its class forbids of it: values that were left out or stand from before a constraint, and missing ones. */
            findings: components["schemas"]["FindingView"][];
            /** @description The items in scope that its references name. */
            references: components["schemas"]["CiReferenceView"][];
            sections: components["schemas"]["SectionView"][];
            /** @description What every source says of every attribute. */
            values: components["schemas"]["ValueView"][];
            /**
             * Format: int32
             * @description Counts changes by people; the `ETag` names it.
             */
            version: number;
        };
        /** @description A page of items. */
        CiPage: {
            items: components["schemas"]["CiView"][];
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many items match, on all pages.
             */
            total: number;
        };
        /** @description Another configuration item. */
        CiReferenceView: {
            class: string;
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description Whether a host is silent, and what is known of it. */
        CiSilenceView: {
            silence?: components["schemas"]["SilenceView"] | null;
        };
        /** @description A configuration item. */
        CiView: {
            /** @description The shown value of each attribute of its class that has one. */
            attributes: {
                [key: string]: unknown;
            };
            class: string;
            /**
             * Format: int32
             * @description 1 to 4; 1 matters most.
             */
            criticality?: number | null;
            environment?: string | null;
            /** Format: uuid */
            id: string;
            /** @description The attributes of which what is shown is inherited from what contains the item. */
            inherited: string[];
            /** @description What people say. */
            lifecycle: components["schemas"]["Lifecycle"];
            name: string;
            observation: components["schemas"]["ObservationView"];
            organisation: components["schemas"]["NamedView"];
            owner?: string | null;
            parent?: components["schemas"]["CiReferenceView"] | null;
            support_team?: string | null;
        };
        /** @description What changes in a class. What is absent stays. Of a shipped class only the label and whether it is hidden do. */
        ClassChangeBody: {
            abstract?: boolean | null;
            family?: string | null;
            hidden?: boolean | null;
            icon?: string | null;
            label?: components["schemas"]["Label"] | null;
            /** @description Only as long as there are no items of it or below it. */
            parent?: string | null;
        };
        /** @description What moving an item to another class would do. */
        ClassChangeView: {
            class: string;
            /** @description What would have to be said as well or otherwise, as in the refusal that would come without it. */
            errors: components["schemas"]["FieldError"][];
            /** @description Values that would end, because the class has no such attribute. */
            lost: components["schemas"]["LostValueView"][];
        };
        /** @description A class with what administrators said of it, and what may be done with it. */
        ClassDetailView: components["schemas"]["ClassView"] & {
            allowed_actions: components["schemas"]["DefinitionActionView"][];
            /** @description What may be done with each of its attributes. */
            attribute_actions: {
                [key: string]: components["schemas"]["DefinitionActionView"][];
            };
            /** @description What administrators say that values must be like in this very class, by attribute. */
            own_rules: {
                [key: string]: components["schemas"]["Rules"];
            };
        };
        /** @description A class with all that inherit from it. */
        ClassHealthView: {
            areas: components["schemas"]["AreaView"][];
            class: string;
            /** Format: int64 */
            items: number;
        };
        /** @description Every class of the installation. */
        ClassList: {
            items: components["schemas"]["ClassView"][];
        };
        /** @description A class. */
        ClassView: {
            /** @description Whether it only serves to be inherited from. */
            abstract: boolean;
            /** @description With the inherited ones, those of the most distant ancestor first. */
            attributes: components["schemas"]["AttributeView"][];
            /**
             * Format: int64
             * @description Items of exactly this class in scope.
             */
            count: number;
            /** @description `compute`, `network`, `data`, `app`, `service` or `org`. */
            family: string;
            /** @description Whether forms no longer offer it. */
            hidden: boolean;
            /** @description A letter. */
            icon: string;
            label: components["schemas"]["Label"];
            name: string;
            origin: components["schemas"]["Origin"];
            parent?: string | null;
            /**
             * Format: int32
             * @description Counts changes of it, its attributes and constraints; the `ETag` names it.
             */
            version: number;
        };
        /** @description What a column means. */
        ColumnMapping: {
            by?: components["schemas"]["NamedBy"] | null;
            /** @description What stands above it. */
            column: string;
            /**
             * @description What it is: `id`, `key`, `class`, `organisation`, `lifecycle`, `reason`, the name of an attribute, `relation:` or
             *     `relation_from:` with the type of a relation to or from what the cell names, or, in a table of relations,
             *     `relation_source`, `relation_target` and `relation_type`. Several of them where it is several things.
             */
            to: string[];
        };
        /** @description What differs of an item between two times. */
        ComparisonView: {
            attributes: components["schemas"]["AttributeDifferenceView"][];
            /** Format: date-time */
            from: string;
            relations: components["schemas"]["RelationDifferenceView"][];
            software: components["schemas"]["SoftwareDifferenceView"][];
            /** Format: date-time */
            to: string;
        };
        /** @description Another attribute that has a value, or one of these. */
        Condition: {
            /** @description The other attribute. */
            attribute: string;
            /** @description One of these; any value if there is none. */
            values?: unknown[];
        };
        /** @description The password of the caller's account. */
        ConfirmBody: {
            /** Format: password */
            password: string;
        };
        /** @description A process on another machine that speaks with an agent's identity. */
        Contender: {
            address: string;
            /** Format: date-time */
            booted_at: string;
            /** Format: date-time */
            first_heard_at: string;
            /** Format: date-time */
            last_heard_at: string;
            standing: components["schemas"]["ContenderStanding"];
        };
        /**
         * @description What such a process is.
         * @enum {string}
         */
        ContenderStanding: "waiting" | "copy";
        /** @description How much there is on its other pages. */
        CountsView: {
            /** Format: int64 */
            listeners: number;
            /** Format: int64 */
            relations: number;
            /** Format: int64 */
            software: number;
        };
        /** @description How many items. */
        CountView: {
            cis: number;
            /** @description Of what: a change, a class or a topic. */
            name: string;
        };
        /** @description A token that was just made, with its secret, which is never shown again. */
        CreatedEnrolmentToken: components["schemas"]["EnrolmentToken"] & {
            /** @description How agents reach the server. */
            agent_url: string;
            /** @description What to run on the host, ready to copy. */
            commands: components["schemas"]["EnrolmentCommand"][];
            /** @description `ter1.…` */
            secret: string;
        };
        /** @description A token that was just made, with its secret, which is never shown again. */
        CreatedInventoryToken: components["schemas"]["InventoryToken"] & {
            /** @description `ter_inv_…` */
            secret: string;
        };
        /** @description A token that has just been made. */
        CreatedTokenView: components["schemas"]["TokenView"] & {
            /** @description The token itself, shown this once: `Authorization: Bearer <secret>`. */
            secret: string;
        };
        /** @description A new account with the link to set its password. */
        CreatedUserView: components["schemas"]["UserView"] & {
            /** @description Path and query, shown this once. */
            set_password_link: string;
        };
        /** @description A report that was set aside. */
        DeadLetter: {
            agent: components["schemas"]["DeadLetterAgent"];
            /** @description `discard` and `ask_again`; reasons are `needs_permission`, `no_section`, `agent_not_active`. */
            allowed_actions: components["schemas"]["AllowedAction"][];
            cause: components["schemas"]["DeadLetterCause"];
            /** @description The run of the agent that made it: 16 hexadecimal digits. */
            epoch: string;
            /**
             * Format: int64
             * @description Its number: the later, the higher.
             */
            id: number;
            /**
             * Format: date-time
             * @description When it is thrown away.
             */
            kept_until: string;
            /** @description What is wrong with it, naming the field where there is one. English. */
            reason: string;
            /** Format: date-time */
            received_at: string;
            /** @description The section it is about, as the agent named it. */
            section?: string | null;
            /**
             * Format: int64
             * @description Its number in that run.
             */
            seq: number;
        };
        /** @description The agent that sent it. */
        DeadLetterAgent: {
            hostname: string;
            /** Format: uuid */
            id: string;
        };
        /**
         * @description Why a report was set aside.
         * @enum {string}
         */
        DeadLetterCause: "rejected" | "quarantined" | "poison";
        /** @description How many there are of each kind. */
        DeadLetterCounts: {
            /** Format: int64 */
            poison: number;
            /** Format: int64 */
            quarantined: number;
            /** Format: int64 */
            rejected: number;
        };
        /** @description A dead letter with what is in it. */
        DeadLetterDetail: components["schemas"]["DeadLetter"] & {
            /** @description The beginning of what the agent sent, 64 KiB at most, as text; bytes that are no UTF-8 show as U+FFFD. */
            content: string;
            /**
             * Format: int64
             * @description How long all of it is.
             */
            content_bytes: number;
        };
        /** @description A page of dead letters, the latest first. */
        DeadLetterPage: {
            /** @description Of those that the filter leaves, whatever the cause that is asked for. */
            counts: components["schemas"]["DeadLetterCounts"];
            items: components["schemas"]["DeadLetter"][];
            next_cursor?: string | null;
        };
        /** @description Something that can be done with a definition, and why not. */
        DefinitionActionView: {
            /** @description `edit`, `relabel`, `add_attribute`, `add_subclass`, `constrain`, `retype` or `delete`. */
            action: string;
            allowed: boolean;
            /** @description `needs_permission`, `shipped`, `inherited`, `has_items`, `has_subclasses`, `has_values` or `named`. */
            reason?: string | null;
        };
        /** @description What differs of an item. */
        DifferencesView: {
            attributes: components["schemas"]["AttributeDifferenceView"][];
            relations: components["schemas"]["RelationDifferenceView"][];
            software: components["schemas"]["SoftwareDifferenceView"][];
        };
        /**
         * @description Which end of its relations an item is.
         * @enum {string}
         */
        Direction: "out" | "in";
        /** @description How many were thrown away. */
        Discarded: {
            /** Format: int64 */
            discarded: number;
        };
        /** @description Which dead letters to throw away, by the filters of the list. */
        Discarding: {
            /**
             * Format: uuid
             * @description Only of this agent.
             */
            agent?: string | null;
            cause?: components["schemas"]["DeadLetterCause"] | null;
            /** @description Part of the host name. */
            q?: string | null;
            /**
             * Format: int64
             * @description None with a higher number: what came later, nobody has seen yet.
             */
            up_to: number;
        };
        /** @description What dropping a source ends, or would end. */
        DroppedView: {
            /**
             * Format: int64
             * @description Items they are about.
             */
            items: number;
            preview: components["schemas"]["PreviewView"];
            /**
             * Format: int64
             * @description Statements.
             */
            statements: number;
        };
        /** @description A page of what is to be confirmed, what has to be first at the top. */
        DueAttestationPage: {
            items: components["schemas"]["DueAttestationView"][];
            next_cursor?: string | null;
        };
        /** @description An item that is to be confirmed. */
        DueAttestationView: {
            ci: components["schemas"]["CiReferenceView"];
            /**
             * Format: date-time
             * @description From when on it counts against the health of the register.
             */
            due_at: string;
            /** @description Whether the caller may confirm it. */
            may_attest: boolean;
            owner?: string | null;
            policy: components["schemas"]["NamedView"];
            /**
             * Format: date-time
             * @description Since when it is asked for.
             */
            since: string;
        };
        /** @description A page of relations in the order in which they came about. */
        EdgePage: {
            items: components["schemas"]["EdgeView"][];
            next_cursor?: string | null;
        };
        /** @description A relation, seen from neither end. */
        EdgeView: {
            /** Format: uuid */
            id: string;
            /** @description `observed`, `declared` or `derived`. */
            origin: string;
            source: components["schemas"]["CiReferenceView"];
            target: components["schemas"]["CiReferenceView"];
            type: string;
            /** Format: date-time */
            valid_from: string;
        };
        /** @description What is said of one attribute: one of `set`, `clear`, or `add` and `remove`. */
        EditChange: {
            /**
             * @description Tags that come to those there are.
             * @default []
             */
            add: string[];
            /**
             * @description People say nothing of it any more.
             * @default false
             */
            clear: boolean;
            /**
             * @description Tags that go.
             * @default []
             */
            remove: string[];
            /** @description It becomes this. */
            set?: unknown;
        };
        /** @description What is shown of an attribute, before the edit and after it. */
        EditDifferenceView: {
            after?: unknown;
            attribute: string;
            before?: unknown;
        };
        /** @description A page of items. */
        EditItemPage: {
            items: components["schemas"]["EditItemView"][];
            next_cursor?: string | null;
        };
        /** @description What is to become or has become of an item. */
        EditItemView: {
            ci: components["schemas"]["CiReferenceView"];
            /** @description What differs by the edit. */
            differences: components["schemas"]["EditDifferenceView"][];
            /** @description Why it is refused or kept. */
            faults: components["schemas"]["BulkFault"][];
            outcome: components["schemas"]["EditOutcome"];
        };
        /**
         * @description What is to become or has become of an item.
         * @enum {string}
         */
        EditOutcome: "change" | "same" | "refused" | "changed" | "restored" | "kept";
        /** @description Edits, the newest first. */
        EditPage: {
            items: components["schemas"]["EditView"][];
            next_cursor?: string | null;
        };
        /** @description For one reason. */
        EditRefusalView: {
            /**
             * Format: int64
             * @description How many items.
             */
            cis: number;
            /** @description A stable code, as that of the first fault of each item. */
            reason: string;
        };
        /**
         * @description Where an edit is.
         * @enum {string}
         */
        EditState: "preparing" | "preview" | "applying" | "stopped" | "applied" | "undoing" | "undone";
        /** @description How many items there are, and of how many what is to become or has become what. */
        EditTotals: {
            /**
             * Format: int32
             * @description Those that would change and did not yet.
             */
            change: number;
            /**
             * Format: int32
             * @description Those that were changed.
             */
            changed: number;
            /**
             * Format: int32
             * @description All of them.
             */
            items: number;
            /**
             * Format: int32
             * @description Those that were changed and could not be made again what they were.
             */
            kept: number;
            /**
             * Format: int32
             * @description Those that are not changed.
             */
            refused: number;
            /**
             * Format: int32
             * @description Those that are again what they were.
             */
            restored: number;
            /**
             * Format: int32
             * @description Those that are so already.
             */
            same: number;
        };
        /** @description An edit. */
        EditView: {
            allowed_actions: components["schemas"]["AllowedAction"][];
            author?: string | null;
            /** Format: date-time */
            began_at?: string | null;
            changes: {
                [key: string]: components["schemas"]["EditChange"];
            };
            /** Format: date-time */
            created_at: string;
            /**
             * Format: int32
             * @description How many of its items were looked at since it was begun or taken back.
             */
            done: number;
            /** Format: date-time */
            ended_at?: string | null;
            filter?: components["schemas"]["FilterBody"] | null;
            /** Format: uuid */
            id: string;
            reason?: string | null;
            /** @description Why items are refused, or could not be made again what they were; empty in lists. */
            refusals: components["schemas"]["EditRefusalView"][];
            state: components["schemas"]["EditState"];
            totals: components["schemas"]["EditTotals"];
            undo_reason?: string | null;
            /** Format: date-time */
            undone_at?: string | null;
            undone_by?: string | null;
        };
        /** @description A command for one way in which the agent is installed. */
        EnrolmentCommand: {
            command: string;
            /** @description `deb` for the package, `binary` for the bare program. */
            id: string;
        };
        /**
         * @description What becomes of an agent that enrols with a token.
         * @enum {string}
         */
        EnrolmentMode: "auto" | "approve";
        /** @description An enrolment token without its secret. */
        EnrolmentToken: {
            cidrs: string[];
            /** Format: date-time */
            created_at: string;
            created_by?: components["schemas"]["TokenMaker"] | null;
            /** Format: date-time */
            expires_at: string;
            /** Format: uuid */
            id: string;
            mode: components["schemas"]["EnrolmentMode"];
            name?: string | null;
            organisation: components["schemas"]["OrganisationRef"];
            /** Format: date-time */
            revoked_at?: string | null;
            state: components["schemas"]["EnrolmentTokenState"];
            /** Format: int32 */
            uses: number;
            /** Format: int32 */
            uses_left: number;
        };
        /** @description A page of tokens, the latest first. */
        EnrolmentTokenPage: {
            items: components["schemas"]["EnrolmentToken"][];
            next_cursor?: string | null;
        };
        /**
         * @description Whether a token still lets anybody in.
         * @enum {string}
         */
        EnrolmentTokenState: "usable" | "used_up" | "expired" | "revoked";
        /** @description Something that became of the item. */
        EventView: {
            after?: unknown;
            /**
             * Format: date-time
             * @description When it was true.
             */
            at: string;
            before?: unknown;
            change: components["schemas"]["Change"];
            /** @description The same event has the same id on every page and every day. */
            id: string;
            kind: components["schemas"]["HistoryKind"];
            /**
             * Format: date-time
             * @description When we learned it.
             */
            recorded_at: string;
            said_by: components["schemas"]["SaidByView"];
            /** @description The name of the source; `pin` of what a person pinned. */
            source: string;
            /** @description The attribute, the type of relation, or the product. */
            subject: string;
            /** @description The other item, or the architecture. */
            subject_detail?: string | null;
        };
        /** @description What agents saw of a relation. */
        EvidenceView: {
            /** Format: date-time */
            first_seen: string;
            /** Format: date-time */
            last_seen: string;
            /** @description Ports of the target. */
            ports?: number[] | null;
            /** Format: int64 */
            samples: number;
            /** @description Which ends saw it: `source`, `target`. */
            seen_by: string[];
        };
        /** @description A shown value that changes. */
        ExampleView: {
            after?: components["schemas"]["SpokenView"] | null;
            attribute: string;
            before?: components["schemas"]["SpokenView"] | null;
            ci: components["schemas"]["CiReferenceView"];
        };
        /** @description A report: what `terrier-agent inventory --format json` prints, of which `identity`, `network` and `cloud` are read. */
        ExplainBody: {
            /**
             * Format: uuid
             * @description Among whose items to look; the top of the caller's scope unless said.
             */
            organisation_id?: string | null;
            /** @description Sections by name. */
            sections: {
                [key: string]: unknown;
            };
        };
        /** @description A rule held against an item. */
        ExplainedStep: {
            candidate?: components["schemas"]["CiReferenceView"] | null;
            /** @description The same for people, in English. */
            detail: string;
            /** @description `no_evidence`, `no_match`, `vetoed`, `tied`, `waits`, `proposed` or `decides`. */
            finding: string;
            /** @description What spoke against it. */
            veto?: string | null;
        };
        /** @description Which item the report would be taken for, and why. Nothing was written. */
        Explanation: {
            ci?: components["schemas"]["CiReferenceView"] | null;
            /** @description What the report says it is. */
            class: string;
            /** @description What it carries, kind by kind, in the spelling in which it is compared. */
            evidence: {
                [key: string]: string[];
            };
            /** @description What of it was left out, because several items that live carry it. */
            left_out: components["schemas"]["LeftOutView"][];
            rule?: components["schemas"]["Label"] | null;
            /** @description Every rule in its order, with each item it was held against, up to the one that decided. */
            trace: components["schemas"]["RuleTraceView"][];
            /**
             * Format: date-time
             * @description When it would be clear at the latest, if the report would wait.
             */
            until?: string | null;
            /** @description `existing`, `new` or `wait`. */
            verdict: string;
        };
        /** @description Why a section could not be collected. What was known before still stands. */
        FaultView: {
            /** @description `permission_denied`, `not_found`, `malformed`, `timed_out`, `too_large`, `over_budget`, `io` or `unknown`. */
            cause: string;
            detail: string;
            section: string;
            /** Format: date-time */
            since: string;
        };
        /** @description What is wrong with one field. */
        FieldError: {
            /** @description `required`, `too_short`, `too_long`, `too_common`, `invalid`, `unknown`, `taken`, `out_of_range`, `unknown_field`. */
            code: string;
            /** @description The same for people, in English. */
            detail: string;
            /** @description The field, as `grants[0].role`. */
            field: string;
            /**
             * Format: int64
             * @description The limit that was broken, where there is one.
             */
            limit?: number | null;
        };
        /** @description A filter of items, as `GET /cis` takes it. */
        FilterBody: {
            /**
             * @description Shown values by attribute.
             * @default {}
             */
            attributes: {
                [key: string]: string[];
            };
            /** @default [] */
            class: string[];
            /** @default [] */
            criticality: string[];
            /** @default [] */
            environment: string[];
            /** @default [] */
            lifecycle: string[];
            /** @default [] */
            observation: string[];
            /** @default [] */
            organisation: string[];
            /**
             * @description A query; `group:NAME` is a saved search.
             * @default null
             */
            q: string | null;
        };
        /** @description Something about an item that its class forbids. */
        FindingView: {
            attribute: string;
            /** @description `required`, `invalid`, `unknown`, `too_short`, `too_long`, `out_of_range`, `no_match` or `taken`. */
            code: string;
            /** @description The same for people, in English. */
            detail: string;
            /**
             * Format: int64
             * @description The limit that was broken, where there is one.
             */
            limit?: number | null;
            /** @description Whether the value was left out for it; else it stands from before the constraint. */
            refused: boolean;
            /** Format: date-time */
            since?: string | null;
            /** @description Nobody where a value is missing. */
            source?: string | null;
            value?: unknown;
        };
        /**
         * @description A silence that is not taken for the hosts' own. While it lasts, agents of the organisation and what they see are
         *     shown as they stood when it began, unless they are heard again.
         */
        FleetSilence: {
            /** @description How many agents there were when it began. */
            agents: number;
            /**
             * Format: date-time
             * @description When those who are missing are judged one by one again, unless the cause goes on.
             */
            held_until: string;
            /** Format: uuid */
            id: string;
            /** @description How many of them are missing now. */
            missing: number;
            /** @description How many of them were missing at most. */
            most: number;
            /** Format: date-time */
            noticed_at: string;
            organisation: components["schemas"]["OrganisationRef"];
            /** Format: date-time */
            since: string;
            why: components["schemas"]["SilenceReason"];
        };
        /** @description A role in an organisation and everything below it. */
        GrantBody: {
            organisation_id: components["schemas"]["Id"];
            role: string;
        };
        /** @description A role in an organisation and everything below it. */
        GrantView: {
            organisation: components["schemas"]["OrganisationRef"];
            /** @description `viewer`, `operator`, `asset_manager`, `change_manager`, `approver`, `auditor`, `security_admin`, `administrator`. */
            role: string;
        };
        /**
         * @description What an area is about.
         * @enum {string}
         */
        HealthArea: "correctness" | "completeness" | "compliance";
        /**
         * @description Something that can be wrong with an item, or an area of such things.
         * @enum {string}
         */
        HealthCheck: "correctness" | "silent" | "orphan" | "duplicate" | "returned" | "completeness" | "required" | "recommended" | "compliance" | "owner" | "criticality" | "environment" | "refused" | "unattested";
        /** @description How good the register is. */
        HealthView: {
            /**
             * Format: date-time
             * @description The time that was looked at, if not now.
             */
            as_of?: string | null;
            /** @description Attributes that classes require or recommend. */
            attributes: components["schemas"]["MissingView"][];
            checks: components["schemas"]["CheckView"][];
            classes: components["schemas"]["ClassHealthView"][];
            /**
             * Format: int64
             * @description How many items match, judged or not.
             */
            items: number;
            organisations: components["schemas"]["OrganisationHealthView"][];
            teams: components["schemas"]["TeamHealthView"][];
        };
        /** @description An order, and for what it was set. */
        HeldOrderView: {
            /** @description Null: for all attributes. */
            attribute?: string | null;
            class: string;
            sources: string[];
        };
        /**
         * @description What kind of events.
         * @enum {string}
         */
        HistoryKind: "attribute" | "relation" | "software" | "lifecycle";
        /** @description A page of an item's history, newest first. */
        HistoryPage: {
            items: components["schemas"]["EventView"][];
            next_cursor?: string | null;
        };
        /** @description The CI an agent's host is. */
        HostCiRef: {
            class: string;
            /** Format: uuid */
            id: string;
            name: string;
        };
        /**
         * Format: uuid
         * @description An id: a UUID.
         */
        Id: string;
        /** @description A rule. */
        IdentificationRule: {
            /** @description The class it is for, and its subclasses that have no rules of their own. */
            class: string;
            enabled: boolean;
            id: components["schemas"]["Id"];
            label: components["schemas"]["Label"];
            /** @description What must agree, all of it. */
            needs: string[];
            /** @description `match` or `propose`. */
            outcome: string;
            /** @description Whether it was shipped: such a rule can be switched off, not deleted. */
            shipped: boolean;
            /** Format: int32 */
            version: number;
            /** @description What speaks against a match, any of it. */
            vetoes: string[];
        };
        /** @description A rule as it is to be. */
        IdentificationRuleBody: {
            enabled: boolean;
            label: components["schemas"]["Label"];
            /** @description At least one that is one machine's alone. */
            needs: string[];
            /** @description `match` or `propose`. */
            outcome: string;
            vetoes: string[];
        };
        /** @description The rules, by class and in the order in which they are asked, and the words that rules are made of. */
        IdentificationRuleList: {
            /** @description What the caller may do with rules. */
            allowed_actions: components["schemas"]["AllowedAction"][];
            items: components["schemas"]["IdentificationRule"][];
            /** @description What a rule can need. */
            needs: string[];
            /** @description What can speak against a match. */
            vetoes: string[];
        };
        /** @description The order of the rules of a class. */
        IdentificationRuleOrder: {
            class: string;
            /** @description Exactly the rules of the class, the first to be asked first. */
            order: components["schemas"]["Id"][];
        };
        /** @description Who imported a file. */
        Importer: {
            display_name: string;
            /** Format: uuid */
            id: string;
        };
        /**
         * @description What a file is.
         * @enum {string}
         */
        ImportFormat: "glpi_json" | "ocs_xml" | "netbox_json" | "csv" | "ndjson";
        /** @description One device or row of a file. */
        ImportItem: {
            /**
             * Format: uuid
             * @description The CI, where there is one.
             */
            ci_id?: string | null;
            /** @description Its class. */
            class: string;
            /** @description New items under it, by class. */
            created_under: {
                [key: string]: number;
            };
            /** @description What is wrong with a row of a table, for which it or a relation of it was not taken. */
            errors?: components["schemas"]["BulkFault"][];
            /** @description Items under it that nobody tells of any more. */
            gone: number;
            /** @description Packages that were not installed before. */
            installed: number;
            /** @description The line of a table where it begins. */
            line?: number | null;
            /** @description Its name in the register, or the one it would have. */
            name: string;
            /** @description What is not kept, and why. */
            not_taken: components["schemas"]["NotTaken"][];
            /** @description What becomes of it. */
            outcome: components["schemas"]["ImportOutcome"];
            /** @description Whether Terrier's own agent reports it, which leaves less to say. */
            own_agent: boolean;
            /** @description By which rule it was found, or why it was taken for a new one. */
            reason?: string | null;
            /** @description Relations that were opened or closed. */
            relations: number;
            /** @description Packages that are no longer. */
            removed: number;
            /** @description What the device is called by whoever reported it. */
            reporter: string;
            /** @description Entries that are kept, by section. */
            taken: {
                [key: string]: number;
            };
            /** @description Values that differ from what the same source said before. */
            values: number;
        };
        /**
         * @description What becomes of one device or row of a file.
         * @enum {string}
         */
        ImportOutcome: "created" | "changed" | "unchanged" | "refused";
        /** @description A page of files, the latest first. */
        ImportPage: {
            items: components["schemas"]["ImportSummary"][];
            next_cursor?: string | null;
        };
        /** @description What became of a file, or what would. */
        ImportReport: {
            /** @description Nothing of it was written if this is so. */
            dry_run: boolean;
            format: components["schemas"]["ImportFormat"];
            import?: components["schemas"]["ImportSummary"] | null;
            items: components["schemas"]["ImportItem"][];
            totals: components["schemas"]["ImportTotals"];
        };
        /** @description A file that was imported. */
        ImportSummary: {
            /** Format: date-time */
            created_at: string;
            created_by?: components["schemas"]["Importer"] | null;
            file_name?: string | null;
            format: components["schemas"]["ImportFormat"];
            /** Format: uuid */
            id: string;
            organisation: components["schemas"]["OrganisationRef"];
            /** Format: int64 */
            size_bytes: number;
            totals: components["schemas"]["ImportTotals"];
        };
        /** @description How many devices a file has, and what became of them. */
        ImportTotals: {
            /** Format: int32 */
            changed: number;
            /** Format: int32 */
            created: number;
            /** Format: int32 */
            items: number;
            /**
             * Format: int32
             * @description Entries and fields that are not kept.
             */
            not_taken: number;
            /** Format: int32 */
            unchanged: number;
        };
        /** @description A page of installations by the item's name. */
        InstallationPage: {
            items: components["schemas"]["InstallationView"][];
            next_cursor?: string | null;
            /** Format: int64 */
            total: number;
        };
        /** @description A product on an item. */
        InstallationView: {
            architecture?: string | null;
            ci: components["schemas"]["InstalledOn"];
            /** Format: date-time */
            since: string;
            version: string;
        };
        /** @description The item that has it installed. */
        InstalledOn: {
            class: string;
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description A token without its secret. */
        InventoryToken: {
            cidrs: string[];
            /** Format: date-time */
            created_at: string;
            created_by?: components["schemas"]["InventoryTokenMaker"] | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description When it was used last, to the minute.
             */
            last_used_at?: string | null;
            last_used_from?: string | null;
            name: string;
            organisation: components["schemas"]["OrganisationRef"];
            /** Format: date-time */
            revoked_at?: string | null;
        };
        /** @description Who made a token. */
        InventoryTokenMaker: {
            display_name: string;
            /** Format: uuid */
            id: string;
        };
        /** @description A page of tokens, the latest first. */
        InventoryTokenPage: {
            items: components["schemas"]["InventoryToken"][];
            next_cursor?: string | null;
            /** @description Where agents of others reach the server; absent while it does not listen to them. */
            url?: string | null;
        };
        /**
         * @description What became of an item.
         * @enum {string}
         */
        ItemChange: "changed" | "created" | "entered" | "left" | "gone" | "merged";
        /** @description What became of an item. */
        ItemChangeView: {
            change: components["schemas"]["ItemChange"];
            ci: components["schemas"]["CiReferenceView"];
            differences: components["schemas"]["DifferencesView"];
            /**
             * @description What differs: `attribute.NAME`, `relations`, `software`, and `membership` where the item is in one of the two
             *     sets only.
             */
            topics: string[];
            /** @description Whether more of its relations and packages differ than are listed; its comparison has all. */
            truncated: boolean;
        };
        /** @description What a person says of an identifier. */
        JudgementBody: {
            kind: string;
            /** Format: uuid */
            organisation_id: string;
            /** @description Whether it tells something, however many carry it; otherwise it tells nothing. */
            trusted: boolean;
            value: string;
        };
        /** @description A word in both languages. */
        Label: {
            /** @description English. */
            en: string;
            /** @description Korean. */
            ko: string;
        };
        /**
         * @description A language of the user interface.
         * @enum {string}
         */
        Language: "ko" | "en";
        /** @description One metric in one window. */
        LatestSample: {
            dimension?: string | null;
            /** Format: double */
            max: number;
            /** Format: double */
            mean: number;
            metric: string;
            /** Format: double */
            p95: number;
            unit: string;
        };
        /** @description What an item measured last. */
        LatestSamples: {
            /**
             * Format: date-time
             * @description When the window began; absent if nothing was ever measured.
             */
            at?: string | null;
            values: components["schemas"]["LatestSample"][];
            /**
             * Format: int32
             * @description Its length in seconds.
             */
            window_s?: number | null;
        };
        /** @description An identifier that tells nothing. */
        LeftOutView: {
            kind: string;
            value: string;
        };
        /**
         * @description Where an item is in its life. Set by people only.
         * @enum {string}
         */
        Lifecycle: "planned" | "in_stock" | "in_use" | "maintenance" | "retired" | "disposed";
        /** @description Where the item goes in its life. */
        LifecycleBody: {
            lifecycle: components["schemas"]["Lifecycle"];
            /** @description Needed to retire, to dispose of, and to take up again. */
            reason?: string | null;
        };
        /** @description Who wants to sign in. */
        LoginBody: {
            /** @description Six digits of the second factor or a recovery code, once `second_factor_required` was answered. */
            code?: string | null;
            login: string;
            /** Format: password */
            password: string;
        };
        /** @description A value that would end. */
        LostValueView: {
            attribute: string;
            source: string;
            value: unknown;
        };
        /** @description A mapping to keep, in the place of the one of that name. */
        MappingBody: {
            mapping: components["schemas"]["TableMapping"];
            name: string;
        };
        /** @description Another CI that is the same thing. */
        MergeBody: {
            /** @description Why, at most 4 KiB. */
            reason?: string | null;
            /**
             * Format: uuid
             * @description The CI that becomes part of this one.
             */
            with: string;
        };
        /** @description The merges that a CI is made of, newest first. */
        MergeList: {
            items: components["schemas"]["MergeView"][];
        };
        /** @description A CI that became part of another. */
        MergeView: {
            /** Format: date-time */
            at: string;
            /** @description Who said so. */
            by?: string | null;
            id: components["schemas"]["Id"];
            /** @description The CI that became part. */
            merged: components["schemas"]["CiReferenceView"];
            reason?: string | null;
            /** @description The CI that it became part of. */
            survivor: components["schemas"]["CiReferenceView"];
            undo_reason?: string | null;
            /**
             * Format: date-time
             * @description When it was taken back, if it was.
             */
            undone_at?: string | null;
            undone_by?: string | null;
        };
        /** @description An attribute that should have a value. */
        MissingView: components["schemas"]["TallyView"] & {
            attribute: string;
            label?: components["schemas"]["Label"] | null;
            /** @description What lists those without one. */
            query: string;
        };
        /** @description When something of an item changed. */
        MomentsView: {
            /**
             * Format: date-time
             * @description Since when it is known.
             */
            created_at: string;
            /** @description The times, the first first. */
            moments: string[];
            /** @description Whether there are earlier ones that are left out. */
            truncated: boolean;
        };
        /** @description What identified it is another CI's now. */
        MovedView: {
            /** Format: date-time */
            at: string;
            kind: string;
            to: components["schemas"]["CiReferenceView"];
            value: string;
        };
        /**
         * @description How another item is named.
         * @enum {string}
         */
        NamedBy: "id" | "key" | "name";
        /** @description Something with an id and a name. */
        NamedView: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description What is taken as expected from now on. */
        NewAcceptanceBody: {
            /** @description As it was then (RFC 3339), so that what somebody accepts is what he saw; now unless said. */
            as_of?: string | null;
            /** @description Which differences, at most 1000; all there are unless said. */
            items?: components["schemas"]["AcceptedItemBody"][] | null;
            reason: string;
        };
        /** @description A new attribute. */
        NewAttributeBody: {
            label: components["schemas"]["Label"];
            /**
             * @description Small letters, digits and underscores, a letter first; at most 63. It never changes, and no class above or below
             *     has one of the same name.
             */
            name: string;
            /** @description Whether what contains an item passes its value on to it. */
            passed_on?: boolean;
            rules?: components["schemas"]["Rules"];
            /** @description Of which class the items are that a `reference` names. */
            target?: string | null;
            /** @description `text`, `integer`, `decimal`, `boolean`, `datetime`, `enum`, `bytes`, `list` or `reference`. */
            type: string;
            unit?: string | null;
            /** @description What an `enum` chooses from. */
            values?: components["schemas"]["Choice"][];
        };
        /** @description A baseline to be: of what a filter finds, or of items named one by one. */
        NewBaselineBody: {
            /** @description As of when (RFC 3339); now unless said. */
            as_of?: string | null;
            /** @description At most 1000. */
            ci_ids?: string[] | null;
            filter?: components["schemas"]["FilterBody"] | null;
            name: string;
            note?: string | null;
            /**
             * Format: uuid
             * @description The top of the caller's scope unless said.
             */
            organisation_id?: string | null;
        };
        /** @description A new item. */
        NewCiBody: {
            attributes?: {
                [key: string]: unknown;
            };
            class: string;
            /**
             * Format: int64
             * @description 1 to 4; 1 matters most.
             */
            criticality?: number | null;
            environment?: string | null;
            lifecycle?: components["schemas"]["Lifecycle"] | null;
            name: string;
            /**
             * Format: uuid
             * @description The top of the caller's scope unless said.
             */
            organisation_id?: string | null;
            owner?: string | null;
            support_team?: string | null;
        };
        /** @description A new class. */
        NewClassBody: {
            /** @description Whether it only serves to be inherited from. */
            abstract?: boolean;
            /** @description `compute`, `network`, `data`, `app`, `service` or `org`; the parent's unless said. */
            family?: string | null;
            /** @description One character; the parent's unless said. */
            icon?: string | null;
            label: components["schemas"]["Label"];
            /** @description Small letters, digits and underscores, a letter first; at most 63. It never changes. */
            name: string;
            parent: string;
        };
        /** @description The same said of many items: of what a filter finds, or of items named one by one. */
        NewEditBody: {
            /** @description What is said, by the name of the attribute: `owner`, `lifecycle`, `tags`, or one of a class; at most 50. */
            changes: {
                [key: string]: components["schemas"]["EditChange"];
            };
            /** @description At most 5000. */
            ci_ids?: string[] | null;
            filter?: components["schemas"]["FilterBody"] | null;
            /** @description Why; needed to retire, to dispose of, and to take up again. */
            reason?: string | null;
        };
        /** @description What a new token is to be. */
        NewEnrolmentToken: {
            /** @description From which networks, as `192.0.2.0/24`; from anywhere if there is none. */
            cidrs?: string[] | null;
            /**
             * Format: int64
             * @description For how many minutes, 1 to 1,440; 60 unless said.
             */
            expires_in_minutes?: number | null;
            mode?: components["schemas"]["EnrolmentMode"] | null;
            /** @description At most 100 characters. */
            name?: string | null;
            /**
             * Format: uuid
             * @description Where the hosts it lets in belong; the root unless said.
             */
            organisation_id?: string | null;
            /**
             * Format: int64
             * @description How many hosts it lets in, 1 to 10,000; 1 unless said.
             */
            uses?: number | null;
        };
        /** @description A new rule. */
        NewIdentificationRule: {
            /** @description The class it is for. The first of a class takes the place of those of its ancestors. */
            class: string;
            enabled: boolean;
            label: components["schemas"]["Label"];
            needs: string[];
            outcome: string;
            vetoes: string[];
        };
        /** @description What a new token is to be. */
        NewInventoryToken: {
            /** @description From which networks, as `192.0.2.0/24`; from anywhere if there is none. */
            cidrs?: string[];
            /** @description 1 to 100 characters. */
            name: string;
            /**
             * Format: uuid
             * @description Where the devices belong; the top of the caller's reach unless said.
             */
            organisation_id?: string | null;
        };
        /** @description A new organisation. */
        NewOrganisationBody: {
            /** @description 1 to 100 characters; no other of the same parent has it. */
            name: string;
            /** @description What it is part of. */
            parent_id: components["schemas"]["Id"];
        };
        /** @description A saved search to be. */
        NewSavedSearchBody: {
            name: string;
            /**
             * Format: uuid
             * @description The top of the caller's scope unless said.
             */
            organisation_id?: string | null;
            query: string;
            /** @description Whether everybody in its organisation's scope sees it; needs `ci.write` there. */
            shared?: boolean;
        };
        /** @description A new source. */
        NewSourceBody: {
            /** @description `inventory`, `import` or `integration`. */
            kind: components["schemas"]["SourceKind"];
            label: components["schemas"]["SourceLabel"];
            /** @description 1 to 64 lower-case letters, digits and underscores, a letter first. */
            name: string;
            /**
             * Format: int64
             * @description Never unless said.
             */
            stale_after_s?: number | null;
        };
        /** @description A new token. */
        NewTokenBody: {
            /**
             * Format: int32
             * @description 1 to 365; 90 unless said.
             */
            expires_in_days?: number | null;
            /** @description What it is for. */
            name: string;
            /** @description Permissions that the caller has. */
            scopes: string[];
        };
        /** @description A new account. */
        NewUserBody: {
            display_name: string;
            grants?: components["schemas"]["GrantBody"][];
            language: components["schemas"]["Language"];
            /** @description 1 to 64 of `a-z A-Z 0-9 . _ - @ +`; case does not matter. */
            login: string;
        };
        /** @description Something that is not kept. */
        NotTaken: {
            /** @description How many of them. */
            count: number;
            /** @description What it is called there. */
            name?: string | null;
            /** @description Where it stands in the document, as `drives[2]`; of a field of many entries `drives[].free`. */
            path: string;
            /** @description Why. */
            reason: components["schemas"]["NotTakenReason"];
        };
        /**
         * @description Why something is not kept.
         * @enum {string}
         */
        NotTakenReason: "no_place" | "volatile" | "personal" | "secret" | "program" | "nameless" | "twice" | "loopback" | "fleeting" | "empty" | "own_agent" | "other_reporter" | "dangling";
        /**
         * @description How sure we are that an item is there. Set by agents only.
         * @enum {string}
         */
        Observation: "live" | "stale" | "silent" | "never" | "unobserved";
        /** @description What agents say of its being there, today. */
        ObservationView: {
            /** Format: date-time */
            first_seen?: string | null;
            /** Format: date-time */
            last_seen?: string | null;
            state: components["schemas"]["Observation"];
        };
        /** @description An organisation with all below it. */
        OrganisationHealthView: {
            areas: components["schemas"]["AreaView"][];
            /** Format: uuid */
            id: string;
            /** Format: int64 */
            items: number;
            name: string;
        };
        /** @description The organisations in the caller's scope, by name. */
        OrganisationList: {
            items: components["schemas"]["OrganisationView"][];
        };
        /** @description What to change; what is absent stays. */
        OrganisationPatch: {
            /**
             * Format: int32
             * @description Seconds between two reports of its agents and of those below it, 60 to 86,400; null to go by what is above it.
             */
            agent_interval_s?: number | null;
            name?: string | null;
            parent_id?: components["schemas"]["Id"] | null;
        };
        /** @description An organisation, named. */
        OrganisationRef: {
            /** @description Its id. */
            id: components["schemas"]["Id"];
            /** @description Its name. */
            name: string;
        };
        /** @description An organisation in the tree. */
        OrganisationView: {
            /**
             * Format: int32
             * @description Seconds between two reports of its agents and of those below it; absent if that is said above it.
             */
            agent_interval_s?: number | null;
            /**
             * Format: int32
             * @description What its agents go by: its own, or what comes from above it or from the configuration.
             */
            effective_agent_interval_s: number;
            id: components["schemas"]["Id"];
            name: string;
            parent_id?: components["schemas"]["Id"] | null;
            /** Format: int32 */
            version: number;
        };
        /**
         * @description Who made a class or an attribute.
         * @enum {string}
         */
        Origin: "shipped" | "added";
        /** @description The agent that another has been a copy of. */
        OriginalAgent: {
            hostname: string;
            /** Format: uuid */
            id: string;
        };
        /** @description The other end of a relation. */
        OtherEndView: {
            class: string;
            host?: components["schemas"]["NamedView"] | null;
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description The caller's sessions, the latest first; there are at most five. */
        OwnSessionList: {
            items: components["schemas"]["OwnSessionView"][];
        };
        /** @description One of the caller's sessions. */
        OwnSessionView: {
            address?: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /** Format: date-time */
            expires_at: string;
            id: components["schemas"]["Id"];
            /**
             * Format: date-time
             * @description To the minute.
             */
            last_used_at: string;
            user_agent?: string | null;
        };
        /** @description A page of an item's packages by name. */
        PackagePage: {
            items: components["schemas"]["PackageView"][];
            next_cursor?: string | null;
            /** Format: int64 */
            total: number;
        };
        /** @description A package of an item. */
        PackageView: {
            architecture?: string | null;
            product: components["schemas"]["ProductReference"];
            /** @description The source package where it has another name. */
            source?: string | null;
            /** Format: date-time */
            valid_from: string;
            /** Format: date-time */
            valid_to?: string | null;
            vendor?: string | null;
            version: string;
        };
        /** @description The old password and the new one. */
        PasswordBody: {
            /** Format: password */
            current_password: string;
            /**
             * Format: password
             * @description 12 to 1024 bytes.
             */
            new_password: string;
        };
        /** @description A link to set a password. */
        PasswordLinkView: {
            /** Format: date-time */
            expires_at: string;
            /** @description Path and query, shown this once. */
            set_password_link: string;
        };
        /** @description A regular expression that a text must match as a whole. Time is linear in the text: there is no backtracking. */
        Pattern: {
            hint?: components["schemas"]["Label"] | null;
            /** @description As it is written, in the syntax of the `regex` crate. */
            regex: string;
        };
        /** @description A value to pin: what a source says now, or another. */
        PinBody: {
            attribute: string;
            /** @description 90 days from now unless said; null until somebody lifts it. */
            expires_at?: string | null;
            /** @description Why; always needed. */
            reason: string;
            /** @description The source whose value is pinned as it is now. */
            source?: string | null;
            /** @description The value, if it is no source's. */
            value?: unknown;
        };
        /** @description A value that a person pinned. */
        PinView: {
            /**
             * Format: date-time
             * @description Null: until somebody lifts it.
             */
            expires_at?: string | null;
            reason?: string | null;
            /** @description Whose statement it was; null if it was the person's own. */
            source?: string | null;
        };
        /**
         * @description What is done.
         * @enum {string}
         */
        PolicyAction: "retire" | "archive" | "delete" | "attest";
        /** @description A policy to be. */
        PolicyBody: {
            action: components["schemas"]["PolicyAction"];
            enabled?: boolean;
            /**
             * Format: int64
             * @description For how many seconds an item must match before anything is done.
             */
            grace_s: number;
            name: string;
            /** @description Which items, as in lists; of saved searches it may speak of shared ones. */
            query: string;
            /**
             * Format: int64
             * @description For how many seconds an attestation holds; only of `attest`.
             */
            renew_s?: number | null;
        };
        /** @description What changes. What is absent stays. */
        PolicyChangeBody: {
            action?: components["schemas"]["PolicyAction"] | null;
            enabled?: boolean | null;
            /** Format: int64 */
            grace_s?: number | null;
            name?: string | null;
            query?: string | null;
            /** Format: int64 */
            renew_s?: number | null;
        };
        /** @description An item that stays as it is. */
        PolicyLeftView: {
            name: string;
            /** @description Why, in English. */
            why: string;
        };
        /** @description Every policy. */
        PolicyList: {
            items: components["schemas"]["PolicyView"][];
            /** @description Whether the caller may change them. */
            may_change: boolean;
        };
        /** @description A page of items that match, what is due first at the top. */
        PolicyMatchPage: {
            items: components["schemas"]["PolicyMatchView"][];
            next_cursor?: string | null;
        };
        /**
         * @description How far a policy is with an item.
         * @enum {string}
         */
        PolicyMatchState: "waiting" | "due" | "done";
        /** @description An item that matches. */
        PolicyMatchView: {
            ci: components["schemas"]["CiReferenceView"];
            /** Format: date-time */
            due_at: string;
            /** @description Why it could not be done: a code, or a sentence in English. */
            obstacle?: string | null;
            /** Format: date-time */
            since: string;
            state: components["schemas"]["PolicyMatchState"];
        };
        /** @description What a policy would do now to the items in the caller's scope. */
        PolicyPreview: {
            /**
             * Format: int64
             * @description How many match that it can be done to.
             */
            matching: number;
            /** @description What lists them. */
            query: string;
        };
        /** @description The latest runs. */
        PolicyRunList: {
            items: components["schemas"]["PolicyRunView"][];
        };
        /** @description What a policy did at one time. */
        PolicyRunView: {
            action: components["schemas"]["PolicyAction"];
            /** @description `undo`: make its items again what they were. */
            allowed_actions: components["schemas"]["AllowedAction"][];
            /** Format: date-time */
            began_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: int32
             * @description How many items it changed.
             */
            items: number;
            /** Format: uuid */
            policy_id: string;
            /** @description As it was called then. */
            policy_name: string;
            /** Format: date-time */
            undone_at?: string | null;
            undone_by?: string | null;
        };
        /** @description Why a run is taken back. */
        PolicyUndoBody: {
            reason: string;
        };
        /** @description What became of taking a run back. */
        PolicyUndoView: {
            /** @description Items that stay as they are; 20 at most. */
            left: components["schemas"]["PolicyLeftView"][];
            /** @description How many items are again what they were. */
            restored: number;
            run: components["schemas"]["PolicyRunView"];
        };
        /** @description A policy. */
        PolicyView: {
            action: components["schemas"]["PolicyAction"];
            /** @description Whether it can be deleted: shipped ones can only be disabled. */
            can_be_deleted: boolean;
            /**
             * Format: int64
             * @description Items in scope that match and are left alone until they are seen anew.
             */
            done: number;
            /**
             * Format: int64
             * @description Items in scope that do, to which nothing was done yet.
             */
            due: number;
            enabled: boolean;
            /** Format: int64 */
            grace_s: number;
            /** Format: uuid */
            id: string;
            name: string;
            query: string;
            /** Format: int64 */
            renew_s?: number | null;
            /** @description Which of the shipped policies it is, as long as it has the name that it came with. */
            shipped_name?: string | null;
            /** Format: int32 */
            version: number;
            /**
             * Format: int64
             * @description Items in scope that do not match for long enough yet; of a policy that is not enabled none is noted.
             */
            waiting: number;
            /** @description What lists the items that match and it can be done to. */
            whole_query: string;
        };
        /** @description What to change; what is absent stays. */
        PreferencesBody: {
            language?: components["schemas"]["Language"] | null;
            theme?: components["schemas"]["Theme"] | null;
            /** @description IANA name; empty for that of the browser. */
            time_zone?: string | null;
        };
        /**
         * @description How lately an agent was seen.
         * @enum {string}
         */
        Presence: "live" | "late" | "silent" | "never";
        /** @description What changes, or would change, of what is shown. */
        PreviewView: {
            /**
             * Format: int64
             * @description Shown values that change.
             */
            changed: number;
            /** @description Some of them, of items in reach. */
            examples: components["schemas"]["ExampleView"][];
        };
        /** @description A problem document (RFC 9457) as it is sent. */
        ProblemDocument: {
            /** @description What an agent should do about it. */
            action?: string | null;
            /** @description The stable name of the refusal. */
            code: string;
            /** @description What was wrong with this very request, in English. */
            detail?: string | null;
            /** @description Which fields were wrong, and how. */
            errors?: components["schemas"]["FieldError"][];
            /** @description The request's id, as it stands in the server's log. */
            request_id?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description What the code means, in English. */
            title: string;
            /** @description `about:blank#<code>`. */
            type: string;
        };
        /** @description A product. */
        ProductReference: {
            ecosystem: string;
            /** Format: int32 */
            id: number;
            name: string;
        };
        /** @description Two items that may be one. */
        Proposal: {
            allowed_actions: components["schemas"]["AllowedAction"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            decided_at?: string | null;
            decided_by?: string | null;
            /** @description What both carry and what differs, kind by kind. */
            evidence: components["schemas"]["ProposalEvidence"][];
            id: components["schemas"]["Id"];
            /** @description Whether they are one now. */
            merged: boolean;
            /** @description The item that was made last. */
            newer: components["schemas"]["CiReferenceView"];
            note?: string | null;
            /** @description The item that was there before. */
            older: components["schemas"]["CiReferenceView"];
            /** @description The rule that found them, as it was called then. */
            rule: components["schemas"]["Label"];
            state: string;
            /** Format: int32 */
            version: number;
            /** @description What spoke against it. */
            veto?: string | null;
        };
        /** @description What either carries of a kind of identifier. */
        ProposalEvidence: {
            /** @description `agrees` if they have one in common, `differs` if they have none, `one_sided` if only one carries any. */
            finding: string;
            kind: string;
            newer: string[];
            older: string[];
        };
        /** @description A page of questions, newest first. */
        ProposalPage: {
            items: components["schemas"]["Proposal"][];
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many are open, on all pages.
             */
            open: number;
        };
        /** @description What is wrong with a query. */
        QueryFault: {
            /** @description What could stand there. */
            allowed: string[];
            /** @description `unknown`, `invalid`, `required` or `too_long`. */
            code: string;
            /** @description Where, in characters from 1. */
            column: number;
            /** @description What, in English. */
            detail: string;
        };
        /** @description Codes for when the device is lost, each good once in place of one of the authenticator's. Shown this once. */
        RecoveryCodes: {
            recovery_codes: string[];
        };
        /** @description A relation that came or went. */
        RelationDifferenceView: {
            /** @description `added` or `removed`. */
            change: string;
            /** @description `out` if the item is the source, `in` if it is the target. */
            direction: string;
            other: components["schemas"]["CiReferenceView"];
            type: string;
        };
        /** @description A page of relations. */
        RelationPage: {
            items: components["schemas"]["RelationView"][];
            next_cursor?: string | null;
        };
        /** @description A type of relation, seen from its source. */
        RelationType: {
            /** @description What it is called. */
            label: components["schemas"]["Label"];
            /** @description Its name in the API. */
            name: string;
        };
        /** @description A relation, seen from the item. */
        RelationView: {
            /**
             * Format: double
             * @description 0 to 1.
             */
            confidence: number;
            /** @description `out` when the item is the source, `in` when it is the target. */
            direction: components["schemas"]["Direction"];
            evidence?: components["schemas"]["EvidenceView"] | null;
            /** Format: uuid */
            id: string;
            /** @description Read from the target. */
            inverse_label: components["schemas"]["Label"];
            /** @description `observed`, `declared` or `derived`. */
            origin: string;
            other: components["schemas"]["OtherEndView"];
            type: string;
            /** @description Read from the source. */
            type_label: components["schemas"]["Label"];
            /** Format: date-time */
            valid_from: string;
            /** Format: date-time */
            valid_to?: string | null;
        };
        /** @description What can be done. */
        RemedyView: {
            /** @description What to type on the host. */
            command?: string | null;
            remedy: components["schemas"]["SilenceRemedy"];
        };
        /** @description Somebody who reports of an item. */
        Reporter: {
            /** @description `split`: give it an item of its own. */
            allowed_actions: components["schemas"]["AllowedAction"][];
            /** Format: date-time */
            first_reported_at?: string | null;
            /** Format: uuid */
            id: string;
            /** @description `agent`, or `device` of an inventory. */
            kind: string;
            /** Format: date-time */
            last_reported_at?: string | null;
            /** @description The host name of an agent, the name of a device in its inventory. */
            name: string;
            /** @description The source of what it says. */
            source: string;
        };
        /** @description Who reports of an item, and who was parted from it or given it. */
        ReporterList: {
            /** @description Agents first. */
            reporters: components["schemas"]["Reporter"][];
            /** @description Newest first. */
            splits: components["schemas"]["Split"][];
        };
        /** @description How many items there are in all, on every page and whatever the page is limited to. */
        ReportTotalsView: {
            changes: components["schemas"]["CountView"][];
            cis: number;
            classes: components["schemas"]["CountView"][];
            topics: components["schemas"]["CountView"][];
        };
        /** @description A page of what became of the items of a set. */
        ReportView: {
            /** @description Why the filter of the set cannot be read any more; then nobody says what entered or left the set. */
            filter_fault?: string | null;
            /** Format: date-time */
            from: string;
            items: components["schemas"]["ItemChangeView"][];
            next_cursor?: string | null;
            /** Format: date-time */
            to: string;
            /** @description How many are like those of the page. */
            total: number;
            totals: components["schemas"]["ReportTotalsView"];
        };
        /** @description Why an agent is revoked. */
        Revocation: {
            /** @description At most 1,000 characters; stands in the audit trail. */
            reason?: string | null;
        };
        /**
         * @description Why a statement is shown.
         * @enum {string}
         */
        Rule: "pinned" | "only" | "first" | "fell_through" | "all_stale" | "by_record" | "confirmed_last" | "by_name" | "inherited";
        /** @description What the values of an attribute must be like. The default allows everything. */
        Rules: {
            /**
             * Format: double
             * @description The greatest number.
             */
            max?: number | null;
            /**
             * Format: int32
             * @description The most characters of a text, or of each entry of a list.
             */
            max_length?: number | null;
            /**
             * Format: double
             * @description The least number.
             */
            min?: number | null;
            /**
             * Format: int32
             * @description The fewest characters of a text, or of each entry of a list.
             */
            min_length?: number | null;
            /** @description What a text, or each entry of a list, must match as a whole; all of them. */
            patterns?: components["schemas"]["Pattern"][];
            /** @description There should be a value; its absence counts against completeness. */
            recommended?: boolean;
            /** @description There must be a value. */
            required?: boolean;
            /** @description There must be a value if one of these holds. */
            required_if?: components["schemas"]["Condition"][];
            unique?: components["schemas"]["Unique"] | null;
        };
        /** @description A rule and what came of it. */
        RuleTraceView: {
            /** @description Whether it was asked: not if it is switched off, or another decided before. */
            asked: boolean;
            /** @description What it needs to agree. */
            needs: string[];
            /** @description `match` or `propose`. */
            outcome: string;
            rule: components["schemas"]["Label"];
            steps: components["schemas"]["ExplainedStep"][];
        };
        /** @description Who said something. */
        SaidByView: {
            /** Format: uuid */
            id?: string | null;
            /** @description `agent`, `user` or `system`. */
            kind: string;
            name?: string | null;
        };
        /** @description What an item measured over a stretch of time. */
        Samples: {
            /** Format: date-time */
            from: string;
            series: components["schemas"]["SampleSeries"][];
            /**
             * Format: int64
             * @description Seconds between two points.
             */
            step_s: number;
            /** Format: date-time */
            to: string;
        };
        /** @description One metric over time. */
        SampleSeries: {
            /** @description A mount point, block device or interface. */
            dimension?: string | null;
            metric: string;
            /**
             * @description Oldest first, each with five numbers: seconds since 1970, least, mean, greatest, 95th percentile. Where nothing
             *     was measured there is no point. Of an agent that was away for long there are only hours: such an hour stands at
             *     every step of it.
             */
            points: number[][];
            /** @description `ratio`, `bytes`, `bytes_per_second`, `seconds` or `count`. */
            unit: string;
        };
        /** @description A mapping that is kept. */
        SavedMapping: {
            /** Format: uuid */
            id: string;
            mapping: components["schemas"]["TableMapping"];
            name: string;
        };
        /** @description The caller's mappings by name. */
        SavedMappings: {
            items: components["schemas"]["SavedMapping"][];
        };
        /** @description What changes. What is absent stays. */
        SavedSearchChangeBody: {
            name?: string | null;
            query?: string | null;
            shared?: boolean | null;
        };
        /** @description The saved searches that the caller sees. */
        SavedSearchList: {
            items: components["schemas"]["SavedSearchView"][];
        };
        /** @description A saved search. */
        SavedSearchView: {
            /**
             * Format: int64
             * @description How many items are in it now; where one saved search is read.
             */
            count?: number | null;
            /** Format: date-time */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @description Whether the caller may change and delete it. */
            may_change: boolean;
            name: string;
            /** Format: uuid */
            organisation_id: string;
            owner: components["schemas"]["NamedView"];
            query: string;
            shared: boolean;
            /** Format: int32 */
            version: number;
        };
        /** @description What was found, by kind. */
        SearchAnswer: {
            groups: components["schemas"]["SearchGroup"][];
            /**
             * Format: int64
             * @description About how many changes are not searched yet; 0 when search is up to date.
             */
            waiting: number;
        };
        /** @description Things of one kind, the best first. */
        SearchGroup: {
            items: components["schemas"]["SearchHit"][];
            /** @description `ci`, `software`, `agent`, `user` or `organisation`. */
            kind: string;
            /** @description Whether there are more. */
            more: boolean;
        };
        /** @description Something found. */
        SearchHit: {
            /** @description The class of an item, the ecosystem of a product, the state of an agent, the login of a user. */
            class?: string | null;
            id: string;
            /** @description The name in parts. */
            name: components["schemas"]["TextPart"][];
            reason?: components["schemas"]["SearchReason"] | null;
            /** @description The name of the host of a dependent item. */
            within?: string | null;
        };
        /** @description Why something was found. */
        SearchReason: {
            /** @description `name`, `serial`, `address`, or an attribute. */
            field: string;
            /** @description `exact`, `prefix`, `word` or `part`. */
            rank: string;
            /** @description Its text in parts. */
            text: components["schemas"]["TextPart"][];
        };
        /** @description A completion. */
        SearchSuggestion: {
            /** @description Whether it is the name of a filter, after which a value follows. */
            is_name: boolean;
            label?: components["schemas"]["SuggestionLabel"] | null;
            text: string;
        };
        /** @description How to go on. */
        SearchSuggestions: {
            fault?: components["schemas"]["QueryFault"] | null;
            /** @description What the suggestions stand in place of: from this character, counted from 0 … */
            from: number;
            items: components["schemas"]["SearchSuggestion"][];
            /** @description … to before this one. */
            to: number;
        };
        /** @description A secret for an authenticator (RFC 6238: SHA-1, 6 digits, 30 seconds), to be activated by its first code. */
        SecondFactorOffer: {
            /** @description To be photographed: the same as a QR code, an SVG document. */
            qr_svg: string;
            /** @description To be typed: base32. */
            secret: string;
            /** @description To be opened: `otpauth://…`. */
            uri: string;
        };
        /** @description What the caller has of a second factor. */
        SecondFactorView: {
            /**
             * Format: date-time
             * @description Absent until one is activated.
             */
            activated_at?: string | null;
            /**
             * Format: int64
             * @description Codes for when the device is lost that were not used yet.
             */
            recovery_codes: number;
            /** @description Whether the caller may not go on without one. */
            required: boolean;
        };
        /** @description A section with its content. */
        SectionContent: components["schemas"]["SectionView"] & {
            /** @description As the agent sent it; absent for `software`, which has an endpoint of its own. */
            body?: unknown;
            fault?: components["schemas"]["FaultView"] | null;
        };
        /** @description What an item's agent last said of each section, without the contents. */
        SectionList: {
            /** @description Those that could not be collected lately. */
            faults: components["schemas"]["FaultView"][];
            items: components["schemas"]["SectionView"][];
        };
        /** @description A section without its content. */
        SectionView: {
            /** @description SHA-256 of the content, in hexadecimal. */
            hash?: string | null;
            /**
             * Format: date-time
             * @description When the agent looked.
             */
            observed_at?: string | null;
            /** Format: date-time */
            received_at: string;
            section: string;
            /** @description `present` or `fault`. */
            state: string;
        };
        /** @description What answers. */
        ServerView: {
            product: string;
            version: string;
        };
        /** @description Whether the user has a second factor, and whether that matters. */
        SessionSecondFactor: {
            active: boolean;
            /** @description The user administers users, tokens or certificates and ought to have it. */
            advised: boolean;
            /** @description The installation requires it: without it there are no permissions. */
            required: boolean;
        };
        /** @description The own account. */
        SessionUser: {
            display_name: string;
            id: components["schemas"]["Id"];
            language: components["schemas"]["Language"];
            login: string;
            theme: components["schemas"]["Theme"];
            /** @description IANA name; empty means that of the browser. */
            time_zone: string;
        };
        /** @description Who is signed in, and what this browser needs to know. */
        SessionView: {
            /** @description To be sent as `X-CSRF-Token` with everything but GET. */
            csrf_token: string;
            /**
             * Format: date-time
             * @description When the session is over however much it is used; unused, it is over after 30 minutes.
             */
            expires_at: string;
            grants: components["schemas"]["GrantView"][];
            /** @description What the user may do somewhere. */
            permissions: string[];
            second_factor: components["schemas"]["SessionSecondFactor"];
            server: components["schemas"]["ServerView"];
            user: components["schemas"]["SessionUser"];
        };
        /** @description A password for the account of a link. */
        SetPasswordBody: {
            /**
             * Format: password
             * @description 12 to 1024 bytes.
             */
            new_password: string;
            /**
             * Format: password
             * @description From the link.
             */
            token: string;
        };
        /** @description The first administrator. */
        SetupBody: {
            display_name: string;
            language: components["schemas"]["Language"];
            login: string;
            /**
             * Format: password
             * @description 12 to 1024 bytes.
             */
            password: string;
            /**
             * Format: password
             * @description From the link that the server gave out at its first start.
             */
            token: string;
        };
        /** @description Whether the installation has its first user yet. */
        SetupState: {
            needed: boolean;
        };
        /** @description An identifier that was judged. */
        SharedIdentifier: {
            /** Format: date-time */
            at: string;
            /** @description Who decided; absent if it was learned. */
            decided_by?: string | null;
            /** @description `cloud_instance`, `tpm_key`, `serial`, `machine_id`, `product_uuid` or `mac`. */
            kind: string;
            organisation_id: components["schemas"]["Id"];
            /**
             * Format: int32
             * @description On how many items that were alive at once it was seen; 0 where a person decided.
             */
            seen_on: number;
            /** @description Whether people say that it tells something after all. */
            trusted: boolean;
            value: string;
        };
        /** @description Identifiers that were found to tell nothing, or that people trust; newest first, at most 1,000. */
        SharedIdentifierList: {
            items: components["schemas"]["SharedIdentifier"][];
        };
        /** @description Another host saw its traffic. */
        SightingView: {
            /** Format: date-time */
            at: string;
            by: components["schemas"]["CiReferenceView"];
            host?: components["schemas"]["CiReferenceView"] | null;
            ports: number[];
        };
        /**
         * @description Why a silence is not taken for the hosts' own.
         * @enum {string}
         */
        SilenceReason: "many_at_once" | "server_was_shedding" | "server_was_down";
        /**
         * @description What can be done about it.
         * @enum {string}
         */
        SilenceRemedy: "wait" | "answer_question" | "merge" | "restart_agent" | "retire";
        /**
         * @description What is likely of a host that fell silent.
         * @enum {string}
         */
        SilenceVerdict: "not_judged" | "re_imaged" | "agent_broken" | "probably_gone";
        /** @description What is known of a host's silence. */
        SilenceView: {
            /** @description What identified it and is another CI's now. */
            moved: components["schemas"]["MovedView"][];
            /**
             * Format: uuid
             * @description The open question whether it is the same as another.
             */
            question?: string | null;
            /** @description What can be done, most promising first. */
            remedies: components["schemas"]["RemedyView"][];
            /** @description How many hosts saw its traffic since. */
            seen_by: number;
            /** @description Who saw its traffic since, latest first; five at most. */
            sightings: components["schemas"]["SightingView"][];
            /**
             * Format: date-time
             * @description When its agent was last heard.
             */
            since: string;
            verdict: components["schemas"]["SilenceVerdict"];
            /** @description How many hosts used to see its traffic and were heard since. With none, that nobody saw it says little. */
            watchers: number;
        };
        /** @description A page of silent hosts, longest silent first. */
        SilentHostPage: {
            items: components["schemas"]["SilentHostView"][];
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many there are, on all pages.
             */
            total: number;
        };
        /** @description A silent host, and what is known of its silence. */
        SilentHostView: {
            ci: components["schemas"]["CiView"];
            silence?: components["schemas"]["SilenceView"] | null;
        };
        /** @description A product with its versions, newest first as its ecosystem compares them. */
        SoftwareDetail: {
            ecosystem: string;
            /** Format: int64 */
            hosts: number;
            /** Format: int32 */
            id: number;
            name: string;
            vendor?: string | null;
            versions: components["schemas"]["SoftwareVersionView"][];
        };
        /** @description A package whose versions differ; none where it was not installed. */
        SoftwareDifferenceView: {
            after: string[];
            architecture: string;
            before: string[];
            name: string;
            /** Format: int32 */
            product_id: number;
        };
        /** @description A page of products by name. */
        SoftwarePage: {
            items: components["schemas"]["SoftwareView"][];
            next_cursor?: string | null;
            /** Format: int64 */
            total: number;
        };
        /** @description A version for one architecture. */
        SoftwareVersionView: {
            architecture?: string | null;
            /** Format: int64 */
            hosts: number;
            version: string;
        };
        /** @description A product. */
        SoftwareView: {
            /** @description How its versions are written and compared: `deb`, `rpm`. */
            ecosystem: string;
            /**
             * Format: int64
             * @description Items in scope that have it installed.
             */
            hosts: number;
            /** Format: int32 */
            id: number;
            name: string;
            vendor?: string | null;
            /**
             * Format: int64
             * @description Versions installed in scope.
             */
            versions: number;
        };
        /** @description What changes of a source. What is absent stays. */
        SourceChangeBody: {
            /** @description Tells what would change and changes nothing. */
            dry_run?: boolean;
            enabled?: boolean | null;
            label?: components["schemas"]["SourceLabel"] | null;
            /**
             * Format: int64
             * @description Null: never.
             */
            stale_after_s?: number | null;
        };
        /** @description A source after a change, and what the change does to what is shown. */
        SourceChanged: {
            preview: components["schemas"]["PreviewView"];
            source: components["schemas"]["SourceView"];
        };
        /**
         * @description What kind of source it is.
         * @enum {string}
         */
        SourceKind: "agent" | "inventory" | "import" | "integration" | "person" | "inherited";
        /** @description A text in both languages. */
        SourceLabel: {
            en: string;
            ko: string;
        };
        /** @description Every source. */
        SourceList: {
            items: components["schemas"]["SourceView"][];
        };
        /** @description An order to set. */
        SourceOrderBody: {
            attribute?: string | null;
            class: string;
            /** @description Tells what would change and changes nothing. */
            dry_run?: boolean;
            sources: string[];
        };
        /** @description Every order. */
        SourceOrderList: {
            items: components["schemas"]["SourceOrderView"][];
        };
        /** @description Who is asked first. */
        SourceOrderView: {
            /** @description Null: all attributes that have no order of their own. */
            attribute?: string | null;
            /** @description Whether it can be taken away; the one for everything cannot. */
            can_be_removed: boolean;
            /** @description A class and all that inherit from it. */
            class: string;
            /** @description Most believed first; sources that are not named come after these. */
            sources: string[];
        };
        /** @description A source that may say something of items. */
        SourceView: {
            /** @description Whether it can be disabled. */
            can_be_disabled: boolean;
            /** @description Whether it has a place in orders; what is inherited is shown where nobody else says anything. */
            can_be_ordered: boolean;
            /** @description Whether what it says can go stale. */
            can_go_stale: boolean;
            /** @description Whether what it says may be shown. */
            enabled: boolean;
            kind: components["schemas"]["SourceKind"];
            label: components["schemas"]["SourceLabel"];
            name: string;
            /**
             * Format: int64
             * @description Seconds after which what it has not confirmed counts as stale; null: never.
             */
            stale_after_s?: number | null;
            /** Format: int32 */
            version: number;
        };
        /** @description A reporter that was given an item of its own. */
        Split: {
            /** @description `undo`: make them one again. */
            allowed_actions: components["schemas"]["AllowedAction"][];
            /** Format: date-time */
            at: string;
            /** @description Who said so. */
            by?: string | null;
            id: components["schemas"]["Id"];
            /** @description Whether the two are one again. */
            merged: boolean;
            /** @description What it reported of before. */
            original: components["schemas"]["CiReferenceView"];
            reason?: string | null;
            /** @description What it was called. */
            reporter: string;
            /** @description What it reports of since. */
            separate: components["schemas"]["CiReferenceView"];
            /** @description The source of what it says. */
            source: string;
        };
        /** @description Who is to be given an item of its own. */
        SplitBody: {
            /** @description Why, at most 4 KiB. */
            reason?: string | null;
            /**
             * Format: uuid
             * @description The reporter's id.
             */
            reporter: string;
        };
        /** @description What a source says. */
        SpokenView: {
            source: string;
            value: unknown;
        };
        /** @description What one source says. */
        StatementView: {
            /**
             * Format: date-time
             * @description When it last confirmed it.
             */
            confirmed_at: string;
            /** @description Whether what its source says may be shown. */
            enabled: boolean;
            inherited_from?: components["schemas"]["CiReferenceView"] | null;
            /** @description Why, where a reason was given. */
            reason?: string | null;
            said_by: components["schemas"]["SaidByView"];
            /** @description Whether this is what is shown. */
            shown: boolean;
            /**
             * Format: date-time
             * @description Since when it says so.
             */
            since: string;
            /** @description The name of the source; `pin` of what a person pinned, `inherited` of what containers say of themselves. */
            source: string;
            /**
             * Format: date-time
             * @description Since when it counts as stale, if it does.
             */
            stale_since?: string | null;
            value: unknown;
        };
        /** @description A word in both languages. */
        SuggestionLabel: {
            en: string;
            ko: string;
        };
        /** @description What a table looks like. */
        TableInspection: {
            /** @description `utf-8`, `utf-16` or `euc-kr`. */
            encoding: string;
            /** @description `csv` or `ndjson`. */
            format: string;
            headings: string[];
            /** @description What the columns probably mean. */
            proposal: components["schemas"]["TableMapping"];
            /** @description The types of relations that a column can stand for. */
            relation_types: components["schemas"]["RelationType"][];
            /** @description How many rows there are. */
            rows: number;
            /** @description The first rows. */
            sample: unknown[][];
            separator?: string | null;
        };
        /** @description What the columns of a table mean. */
        TableMapping: {
            /** @description The class of rows that do not say theirs. */
            class?: string | null;
            /** @description What each column means; one that does not stand here is left out. */
            columns: components["schemas"]["ColumnMapping"][];
            /** @description Whether an empty cell withdraws what was said; it says nothing unless this is so. */
            empty_withdraws?: boolean;
            /** @description By which attribute an item is found that has no key yet. */
            match_on?: string | null;
            /** @description Whether values are also said that are shown already, whoever says them. */
            say_all?: boolean;
            /** @description As whom the table speaks: a source of kind `import` or `integration`; people unless said. */
            source?: string | null;
        };
        /** @description Tags in use, those that most items have first. */
        TagList: {
            items: components["schemas"]["TagView"][];
        };
        /** @description A tag in use. */
        TagView: {
            /**
             * Format: int64
             * @description How many items in scope have it.
             */
            cis: number;
            tag: string;
        };
        /** @description How many were judged and how many of them failed. */
        TallyView: {
            /** Format: int64 */
            failing: number;
            /** Format: int64 */
            judged: number;
            /**
             * Format: double
             * @description The share that passed, with one decimal, rounded down; null where nothing was judged.
             */
            percent?: number | null;
        };
        /** @description What a team supports. */
        TeamHealthView: {
            areas: components["schemas"]["AreaView"][];
            /** Format: int64 */
            items: number;
            /** @description What lists all of it. */
            query: string;
            /** @description Null: what nobody supports. */
            team?: string | null;
        };
        /** @description A part of a text. */
        TextPart: {
            /** @description Whether it is what was looked for. */
            matched: boolean;
            text: string;
        };
        /**
         * @description Light, dark, or as the person's machine has it.
         * @enum {string}
         */
        Theme: "system" | "light" | "dark";
        /** @description The caller's tokens, newest first, at most 200. */
        TokenList: {
            items: components["schemas"]["TokenView"][];
        };
        /** @description Who made a token. */
        TokenMaker: {
            display_name: string;
            /** Format: uuid */
            id: string;
        };
        /** @description A personal access token. */
        TokenView: {
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            id: components["schemas"]["Id"];
            /** Format: date-time */
            last_used_at?: string | null;
            name: string;
            /** Format: date-time */
            revoked_at?: string | null;
            /** @description Permissions. It may do what its owner may at the time, as far as these go. */
            scopes: string[];
        };
        /** @description Why an acceptance is taken back. */
        UndoAcceptanceBody: {
            reason?: string | null;
        };
        /** @description Why an edit is taken back. */
        UndoEditBody: {
            reason?: string | null;
        };
        /** @description Why a merge is taken back. */
        UndoMergeBody: {
            /** @description At most 4 KiB. */
            reason?: string | null;
        };
        /** @description Why a split is taken back. */
        UndoSplitBody: {
            /** @description At most 4 KiB. */
            reason?: string | null;
        };
        /**
         * @description Among which items a value is unique. Retired and disposed items do not count.
         * @enum {string}
         */
        Unique: "class" | "organisation" | "installation";
        /** @description A page of users, by login. */
        UserPage: {
            items: components["schemas"]["UserView"][];
            next_cursor?: string | null;
        };
        /** @description What to change; what is absent stays. */
        UserPatch: {
            display_name?: string | null;
            enabled?: boolean | null;
            /** @description All grants from now on. */
            grants?: components["schemas"]["GrantBody"][] | null;
            language?: components["schemas"]["Language"] | null;
        };
        /** @description An account as others see it. */
        UserView: {
            /** @description `edit`, `disable`, `enable`, `reset_password`. */
            allowed_actions: components["schemas"]["AllowedAction"][];
            /** Format: date-time */
            created_at: string;
            display_name: string;
            enabled: boolean;
            grants: components["schemas"]["GrantView"][];
            id: components["schemas"]["Id"];
            language: components["schemas"]["Language"];
            /** Format: date-time */
            last_login_at?: string | null;
            login: string;
            /**
             * Format: date-time
             * @description Since when signing in takes a second factor.
             */
            second_factor_at?: string | null;
            /** Format: int32 */
            version: number;
        };
        /** @description Something that can be done about an attribute, and why not. */
        ValueActionView: {
            /** @description `pin`, `unpin` or `withdraw`. */
            action: string;
            allowed: boolean;
            /** @description `needs_permission`, `retired`, `moves_along_its_life`, `not_pinned` or `not_said_by_a_person`. */
            reason?: string | null;
        };
        /** @description What one source says of one attribute. */
        ValueView: {
            attribute: string;
            inherited_from?: components["schemas"]["CiReferenceView"] | null;
            said_by: components["schemas"]["SaidByView"];
            /** @description Whether this is what is shown. */
            shown: boolean;
            /** Format: date-time */
            since: string;
            /** @description The name of the source; `pin` of what a person pinned, `inherited` of what containers say of themselves. */
            source: string;
            value: unknown;
        };
        /** @description An agent whose reports wait. */
        WaitingAgent: {
            /** Format: uuid */
            agent_id: string;
            /** @description The item that it may be. */
            ci: components["schemas"]["CiReferenceView"];
            hostname: string;
            organisation_id: components["schemas"]["Id"];
            /** @description The rule that found it. */
            rule: components["schemas"]["Label"];
            /** Format: date-time */
            since: string;
            /**
             * Format: date-time
             * @description When it is clear at the latest.
             */
            until: string;
        };
        /** @description Agents whose reports wait, because theirs is a known machine or a copy of it; longest first. */
        WaitingList: {
            items: components["schemas"]["WaitingAgent"][];
        };
    };
    responses: {
        /** @description A refusal; `code` says which. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProblemDocument"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_agents: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Only active agents that were seen so lately; `silent` includes those never seen, as `counts` does. */
                presence?: "live" | "late" | "silent" | "never";
                /** @description Part of the host name. */
                q?: string;
                /** @description Only in this state. */
                state?: "pending" | "active" | "revoked";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_agent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    approve_agent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    revoke_agent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Revocation"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_due_attestations: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Only what the caller answers for: items whose owner has his name or login. */
                mine?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DueAttestationPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_audit_entries: {
        parameters: {
            query?: {
                /** @description An action, or how it begins: `user.`. */
                action?: string;
                /** @description An actor's id, or part of the name. */
                actor?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description Not before. */
                from?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description An object's id or kind, or part of its name. */
                object?: string;
                /** @description Before. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_audit_checkpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditCheckpoint"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_audit_verification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    verify_audit_chain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChainReport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_baselines: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BaselineList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_baseline: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBaselineBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BaselineView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_baseline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BaselineView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_baseline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    update_baseline: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BaselineChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BaselineView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_baseline_acceptances: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptanceList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    accept_baseline_drift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAcceptanceBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptanceView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    undo_baseline_acceptance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                acceptance: components["schemas"]["Id"];
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndoAcceptanceBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptanceView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_baseline_drift: {
        parameters: {
            query?: {
                /** @description What differed then (RFC 3339); now unless said. */
                as_of?: string;
                /** @description Only what became of items so. */
                change?: "changed" | "created" | "entered" | "left" | "gone" | "merged";
                /** @description Only items of this class. */
                class?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: every difference as a row of a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Only items of which this differs: `attribute.NAME`, `relations`, `software` or `membership`. */
                topic?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    apply_bulk: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_cis: {
        parameters: {
            query?: {
                /** @description Items as they were then. */
                as_of?: string;
                /** @description Classes; subclasses are included. */
                class?: string[];
                /** @description Columns in order: `name`, `class`, `last_seen`, …, and any attribute. */
                cols?: string[];
                /** @description Levels of criticality, 1 to 4. */
                criticality?: number[];
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Environments. */
                environment?: string[];
                /**
                 * @description `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
                 *     `text/csv` or `application/x-ndjson`.
                 */
                format?: string;
                /** @description The language of the header, `en` unless said, or `ko`. */
                lang?: string;
                /** @description Lifecycles. */
                lifecycle?: components["schemas"]["Lifecycle"][];
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Observations. */
                observation?: components["schemas"]["Observation"][];
                /** @description Organisations; what lies below is included. */
                organisation?: string[];
                /**
                 * @description A query: texts that must stand in an item, `"phrases"`, filters as `class:host os:debian stale:>7d owner:none`,
                 *     `-` before what must not hold, `OR` and brackets.
                 */
                q?: string;
                /** @description `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_ci: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCiBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    export_cis: {
        parameters: {
            query?: {
                /** @description Items as they were then. */
                as_of?: string;
                /** @description Classes; subclasses are included. */
                class?: string[];
                /** @description Columns in order: `name`, `class`, `last_seen`, …, and any attribute. */
                cols?: string[];
                /** @description Levels of criticality, 1 to 4. */
                criticality?: number[];
                /** @description Environments. */
                environment?: string[];
                /** @description The language of the header, `en` unless said, or `ko`. */
                lang?: string;
                /** @description Lifecycles. */
                lifecycle?: components["schemas"]["Lifecycle"][];
                /** @description Observations. */
                observation?: components["schemas"]["Observation"][];
                /** @description Organisations; what lies below is included. */
                organisation?: string[];
                /**
                 * @description A query: texts that must stand in an item, `"phrases"`, filters as `class:host os:debian stale:>7d owner:none`,
                 *     `-` before what must not hold, `OR` and brackets.
                 */
                q?: string;
                /** @description `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description CSV (RFC 4180) in UTF-8 with a byte order mark; cells that begin like a formula begin with an apostrophe. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_ci: {
        parameters: {
            query?: {
                /** @description The item as it was then (RFC 3339). */
                as_of?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    update_ci: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CiChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_attestations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiAttestationsView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    attest_ci: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttestBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiAttestationsView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    preview_ci_class_change: {
        parameters: {
            query: {
                /** @description The class it would be of. */
                class: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassChangeView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    compare_ci: {
        parameters: {
            query: {
                /** @description One time (RFC 3339). */
                from: string;
                /** @description The other; now unless said. */
                to?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ComparisonView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_history: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description Only of this kind. */
                kind?: "attribute" | "relation" | "software" | "lifecycle";
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    change_ci_lifecycle: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LifecycleBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    merge_cis: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MergeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergeList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_merges: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergeList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_moments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MomentsView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    pin_ci_value: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PinBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    unpin_ci_value: {
        parameters: {
            query?: {
                reason?: string;
            };
            header: {
                "If-Match": string;
            };
            path: {
                attribute: string;
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_relations: {
        parameters: {
            query?: {
                /** @description As they were then. */
                as_of?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only those that go out from the item, or come in to it. */
                direction?: "out" | "in";
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Only of this type. */
                type?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RelationPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_reporters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReporterList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_samples: {
        parameters: {
            query?: {
                /** @description Only of this mount point, block device or interface. */
                dimension?: string;
                /** @description Since then (RFC 3339); a day before `to` unless said. */
                from?: string;
                /** @description Only of this metric. */
                metric?: string;
                /** @description Seconds between two points: 300, 3600 or 86400. As close as 2016 points allow unless said. */
                step_s?: number;
                /** @description Until then (RFC 3339); now unless said. At most 31 days after `from`. */
                to?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Samples"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_latest_ci_samples: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LatestSamples"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_sections: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SectionList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_ci_section: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
                section: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SectionContent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_ci_silence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiSilenceView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_software: {
        parameters: {
            query?: {
                /** @description What was installed then (RFC 3339). */
                as_of?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /**
                 * @description `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
                 *     `text/csv` or `application/x-ndjson`.
                 */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description A part of the product's name. */
                q?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PackagePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    drop_ci_source: {
        parameters: {
            query?: {
                /** @description Tells what would change and changes nothing. */
                dry_run?: boolean;
                /** @description Needed unless it is a dry run. */
                reason?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DroppedView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    split_ci: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SplitBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Split"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_values: {
        parameters: {
            query?: {
                /** @description What was said then (RFC 3339), chosen by today's rules; who was heard when is not kept, so nothing is stale. */
                as_of?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_ci_changes: {
        parameters: {
            query: {
                /** @description Items as they were then. */
                as_of?: string;
                /** @description Only what became of items so. */
                change?: "changed" | "created" | "entered" | "left" | "gone" | "merged";
                /** @description Classes; subclasses are included. */
                class?: string[];
                /** @description Levels of criticality, 1 to 4. */
                criticality?: number[];
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Environments. */
                environment?: string[];
                /**
                 * @description `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
                 *     `text/csv` or `application/x-ndjson`.
                 */
                format?: string;
                /** @description Since when (RFC 3339). */
                from: string;
                /** @description Lifecycles. */
                lifecycle?: components["schemas"]["Lifecycle"][];
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Observations. */
                observation?: components["schemas"]["Observation"][];
                /** @description Organisations; what lies below is included. */
                organisation?: string[];
                /**
                 * @description A query: texts that must stand in an item, `"phrases"`, filters as `class:host os:debian stale:>7d owner:none`,
                 *     `-` before what must not hold, `OR` and brackets.
                 */
                q?: string;
                /** @description `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round. */
                sort?: string;
                /** @description Until when; now unless said. */
                to?: string;
                /** @description Only items of which this differs: `attribute.NAME`, `relations`, `software` or `membership`. */
                topic?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_edits: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_edit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEditBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    apply_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_edit_items: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: all of them as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                outcome?: components["schemas"]["EditOutcome"];
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditItemPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    stop_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    undo_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndoEditBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_classes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_class: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClassBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_class: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_class: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    update_class: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClassChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_attribute: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAttributeBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_attribute: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                attribute: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    update_attribute: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                attribute: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttributeChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassDetailView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_dead_letters: {
        parameters: {
            query?: {
                /** @description Only of this agent. */
                agent?: string;
                /** @description Only those set aside for this. */
                cause?: "rejected" | "quarantined" | "poison";
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Part of the host name. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_dead_letter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_dead_letter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    ask_dead_letter_again: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetter"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    download_dead_letter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the agent sent, byte for byte. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    discard_dead_letters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Discarding"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discarded"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_enrolment_tokens: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnrolmentTokenPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_enrolment_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEnrolmentToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedEnrolmentToken"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_enrolment_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    get_health: {
        parameters: {
            query?: {
                /** @description Items as they were then. */
                as_of?: string;
                /** @description Classes; subclasses are included. */
                class?: string[];
                /** @description Levels of criticality, 1 to 4. */
                criticality?: number[];
                /** @description Environments. */
                environment?: string[];
                /** @description Lifecycles. */
                lifecycle?: components["schemas"]["Lifecycle"][];
                /** @description Observations. */
                observation?: components["schemas"]["Observation"][];
                /** @description Organisations; what lies below is included. */
                organisation?: string[];
                /**
                 * @description A query: texts that must stand in an item, `"phrases"`, filters as `class:host os:debian stale:>7d owner:none`,
                 *     `-` before what must not hold, `OR` and brackets.
                 */
                q?: string;
                /** @description `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    explain_identification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_identification_rules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentificationRuleList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_identification_rule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewIdentificationRule"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentificationRule"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    update_identification_rule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentificationRuleBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentificationRule"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_identification_rule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    reorder_identification_rules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentificationRuleOrder"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentificationRuleList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_shared_identifiers: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedIdentifierList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    judge_identifier: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JudgementBody"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_waiting_agents: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitingList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_import_mappings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedMappings"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    save_import_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MappingBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedMapping"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_import_mapping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_imports: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_import: {
        parameters: {
            query?: {
                /** @description Whether only to say what would happen; nothing is written then. */
                dry_run?: boolean;
                /** @description What the file is called. */
                file_name?: string;
                /** @description Where its devices belong; the top of the caller's reach unless said. */
                organisation_id?: string;
            };
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_import: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: what became of each device or row, as a file. */
                format?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    export_import_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    import_table: {
        parameters: {
            query: {
                /** @description Everything or nothing; row by row unless said. */
                atomic?: boolean;
                /** @description Whether only to say what would happen; nothing is written then. */
                dry_run?: boolean;
                /** @description What the file is called. */
                file_name?: string;
                /** @description What its columns mean: a [`Mapping`] as JSON. */
                mapping: string;
                /** @description Where new items belong; the top of the caller's reach unless said. */
                organisation_id?: string;
                /** @description By what the cells of CSV are separated; found out unless said. */
                separator?: string;
            };
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    inspect_import_table: {
        parameters: {
            query?: {
                /** @description What its rows are, if they do not say. */
                class?: string;
                /** @description By what the cells of CSV are separated: `,`, `;` or a tab; found out unless said. */
                separator?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TableInspection"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_inventory_tokens: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InventoryTokenPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_inventory_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInventoryToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInventoryToken"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_inventory_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    undo_merge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndoMergeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MergeView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_organisations: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganisationList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrganisationBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganisationView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganisationView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_organisation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone; only one that nothing belongs to can be. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    update_organisation: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag that was read. */
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganisationPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganisationView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    set_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetPasswordBody"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_policies: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_policy: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone; what it did stays. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    update_policy: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_policy_cis: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                state?: components["schemas"]["PolicyMatchState"];
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyMatchPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    preview_policy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyPreview"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_policy_runs: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRunList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    undo_policy_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyUndoBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyUndoView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_proposals: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `open`, `same` or `different`; all unless said. */
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_proposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proposal"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    answer_proposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnswerBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proposal"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_relations: {
        parameters: {
            query?: {
                /** @description Those that held then (RFC 3339). */
                as_of?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /**
                 * @description `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
                 *     `text/csv` or `application/x-ndjson`.
                 */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Only `observed`, `declared` or `derived` ones. */
                origin?: string;
                /** @description Only of this type. */
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EdgePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_saved_searches: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedSearchList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_saved_search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSavedSearchBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedSearchView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_saved_search: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedSearchView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_saved_search: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    update_saved_search: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedSearchChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedSearchView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_saved_search_cis: {
        parameters: {
            query?: {
                /** @description What was in the group then (RFC 3339). */
                as_of?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round. */
                sort?: string;
            };
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CiPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    search_everything: {
        parameters: {
            query?: {
                /** @description Items as they were then (RFC 3339), and nothing else: of other things it is not kept what they were. */
                as_of?: string;
                /** @description Most hits of each kind, 1 to 50; 8 unless said. */
                limit?: number;
                /** @description Texts that must stand in a thing, `"phrases"`, and filters of items as `class:host os:debian -owner:none`. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchAnswer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    suggest_search: {
        parameters: {
            query?: {
                /** @description Where the cursor stands, in characters from 0; at the end unless said. */
                cursor?: number;
                /** @description The query so far. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchSuggestions"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_own_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnSessionList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_other_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every session of the caller but this one is over. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_own_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    confirm_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConfirmBody"];
            };
        };
        responses: {
            /** @description For five minutes nothing is answered by `confirmation_required`. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    update_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferencesBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactorView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    offer_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecondFactorOffer"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    delete_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    activate_second_factor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ActivateBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    renew_recovery_codes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetupState"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    complete_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetupBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_silences: {
        parameters: {
            query?: {
                /** @description Items as they were then. */
                as_of?: string;
                /** @description Classes; subclasses are included. */
                class?: string[];
                /** @description Levels of criticality, 1 to 4. */
                criticality?: number[];
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Environments. */
                environment?: string[];
                /**
                 * @description `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
                 *     `text/csv` or `application/x-ndjson`.
                 */
                format?: string;
                /** @description Lifecycles. */
                lifecycle?: components["schemas"]["Lifecycle"][];
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Observations. */
                observation?: components["schemas"]["Observation"][];
                /** @description Organisations; what lies below is included. */
                organisation?: string[];
                /**
                 * @description A query: texts that must stand in an item, `"phrases"`, filters as `class:host os:debian stale:>7d owner:none`,
                 *     `-` before what must not hold, `OR` and brackets.
                 */
                q?: string;
                /** @description `name`, `class`, `last_seen` or `first_seen`; with a minus before it the other way round. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SilentHostPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_software: {
        parameters: {
            query?: {
                /** @description What was installed then, and on how many items (RFC 3339). */
                as_of?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description Only of this ecosystem: `deb`, `rpm`, `apk`, `alpm`, `snap`, `flatpak`, `pypi`, `npm`, `gem`. */
                ecosystem?: string;
                /**
                 * @description `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
                 *     `text/csv` or `application/x-ndjson`.
                 */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description A part of the name. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SoftwarePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_software: {
        parameters: {
            query?: {
                /** @description What was installed then, and on how many items (RFC 3339). */
                as_of?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SoftwareDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_installations: {
        parameters: {
            query?: {
                /** @description Those that held then (RFC 3339). */
                as_of?: string;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /**
                 * @description `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
                 *     `text/csv` or `application/x-ndjson`.
                 */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description How the installed version relates to it: `lt`, `le`, `eq` (unless said), `ge`, `gt`. */
                op?: string;
                /** @description A part of the item's name. */
                q?: string;
                /** @description A version to compare with. */
                version?: string;
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstallationPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_source_orders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceOrderList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    set_source_order: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceOrderBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    remove_source_order: {
        parameters: {
            query: {
                attribute?: string;
                class: string;
                /** @description Tells what would change and changes nothing. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PreviewView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_sources: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_source: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSourceBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    update_source: {
        parameters: {
            query?: never;
            header: {
                "If-Match": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceChangeBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SourceChanged"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    drop_source: {
        parameters: {
            query?: {
                /** @description Tells what would change and changes nothing. */
                dry_run?: boolean;
                /** @description Needed unless it is a dry run. */
                reason?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DroppedView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    undo_split: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndoSplitBody"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Split"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_tags: {
        parameters: {
            query?: {
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description What they begin with. */
                prefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    list_tokens: {
        parameters: {
            query?: {
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTokenBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedTokenView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                /** @description `csv` or `ndjson`: the whole list as a file. */
                format?: string;
                /** @description 1 to 200; 50 unless said. */
                limit?: number;
                /** @description Part of the login or the display name. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    create_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUserBody"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedUserView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    get_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    update_user: {
        parameters: {
            query?: never;
            header: {
                /** @description The ETag that was read. */
                "If-Match": string;
            };
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reset_user_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["schemas"]["Id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordLinkView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}

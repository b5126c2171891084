//! The tables of both databases. `tests/contract` compares this with what the migrations make of either.

diesel::table! {
    use diesel::sql_types::*;

    installation_setting (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    access_organisation (id) {
        id -> Uuid16,
        parent_id -> Nullable<Uuid16>,
        name -> Text,
        created_at -> Instant,
        version -> Integer,
        agent_interval_s -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    access_user (id) {
        id -> Uuid16,
        login -> Text,
        login_folded -> Text,
        display_name -> Text,
        password_hash -> Nullable<Text>,
        language -> Text,
        time_zone -> Text,
        theme -> Text,
        enabled -> Bool,
        version -> Integer,
        created_at -> Instant,
        last_login_at -> Nullable<Instant>,
        second_factor_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    access_second_factor (user_id) {
        user_id -> Uuid16,
        secret -> Binary,
        created_at -> Instant,
        last_step -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Uuid16;

    access_recovery_code (user_id, code_hash) {
        user_id -> Uuid16,
        code_hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Uuid16;

    access_grant (user_id, role, organisation_id) {
        user_id -> Uuid16,
        role -> Text,
        organisation_id -> Uuid16,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    access_session (id_hash) {
        id_hash -> Binary,
        id -> Uuid16,
        user_id -> Uuid16,
        csrf_token -> Text,
        created_at -> Instant,
        last_used_at -> Instant,
        expires_at -> Instant,
        confirmed_at -> Instant,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    access_api_token (id) {
        id -> Uuid16,
        user_id -> Uuid16,
        name -> Text,
        secret_hash -> Binary,
        scopes -> Json,
        created_at -> Instant,
        expires_at -> Instant,
        last_used_at -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    access_link (token_hash) {
        token_hash -> Binary,
        purpose -> Text,
        user_id -> Nullable<Uuid16>,
        created_at -> Instant,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    audit_entry (seq) {
        seq -> BigInt,
        at -> Instant,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid16>,
        actor_name -> Nullable<Text>,
        action -> Text,
        object_kind -> Text,
        object_id -> Text,
        object_name -> Nullable<Text>,
        details -> Text,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
        prev -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    fleet_enrolment_token (id) {
        id -> Uuid16,
        name -> Nullable<Text>,
        organisation_id -> Uuid16,
        mode -> Text,
        uses -> Integer,
        uses_left -> Integer,
        cidrs -> Json,
        secret_hash -> Binary,
        created_by -> Nullable<Uuid16>,
        created_at -> Instant,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    fleet_agent (key) {
        key -> Integer,
        id -> Uuid16,
        organisation_id -> Uuid16,
        token_id -> Nullable<Uuid16>,
        state -> Text,
        hostname -> Text,
        evidence -> Json,
        public_key_hash -> Binary,
        generation -> Integer,
        certificate_expires_at -> Nullable<Instant>,
        enrolled_at -> Instant,
        approved_at -> Nullable<Instant>,
        revoked_at -> Nullable<Instant>,
        recoveries -> Integer,
        version -> Integer,
        copy_of_key -> Nullable<Integer>,
        run -> Nullable<BigInt>,
        contenders -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json};

    fleet_run (agent_key, run) {
        agent_key -> Integer,
        run -> BigInt,
        standing -> Text,
        boot_id -> Text,
        booted_at -> Instant,
        machine -> Json,
        address -> Text,
        began_at -> Instant,
        heard_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    fleet_certificate (serial) {
        serial -> Binary,
        agent_key -> Integer,
        generation -> Integer,
        issued_at -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    fleet_presence (agent_key) {
        agent_key -> Integer,
        last_seen_at -> Instant,
        agent_version -> Text,
        address -> Text,
        dropped_reports -> BigInt,
        interval_s -> Nullable<Integer>,
        live_until -> Nullable<Instant>,
        clock_offset_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    fleet_heartbeat (id) {
        id -> Integer,
        alive_until -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    fleet_outage (cause, began_at) {
        cause -> Text,
        began_at -> Instant,
        ended_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    fleet_silence (id) {
        id -> Uuid16,
        organisation_id -> Uuid16,
        why -> Text,
        since -> Instant,
        noticed_at -> Instant,
        held_until -> Instant,
        agents -> Integer,
        most -> Integer,
        missing -> Integer,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    ingest_epoch (agent_key, epoch) {
        agent_key -> Integer,
        epoch -> BigInt,
        started_at -> Instant,
        last_used_at -> Instant,
        seen -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    ingest_state (agent_key) {
        agent_key -> Integer,
        sections -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    ingest_inbox (id) {
        id -> BigInt,
        agent_key -> Integer,
        received_at -> Instant,
        payload -> Binary,
        attempts -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    ingest_dead_letter (id) {
        id -> BigInt,
        agent_key -> Integer,
        epoch -> BigInt,
        seq -> BigInt,
        state -> Text,
        section -> Nullable<Text>,
        reason -> Text,
        received_at -> Instant,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_class (name) {
        name -> Text,
        parent -> Nullable<Text>,
        #[sql_name = "abstract"]
        abstract_ -> Bool,
        label_en -> Text,
        label_ko -> Text,
        icon -> Text,
        family -> Text,
        position -> Integer,
        origin -> Text,
        hidden -> Bool,
        own_label_en -> Nullable<Text>,
        own_label_ko -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Json;

    cmdb_attribute (id) {
        id -> Integer,
        class -> Text,
        name -> Text,
        kind -> Text,
        unit -> Nullable<Text>,
        label_en -> Text,
        label_ko -> Text,
        choices -> Nullable<Json>,
        position -> Integer,
        origin -> Text,
        hidden -> Bool,
        own_label_en -> Nullable<Text>,
        own_label_ko -> Nullable<Text>,
        target -> Nullable<Text>,
        passed_on -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Json;

    cmdb_constraint (class, attribute_id, origin) {
        class -> Text,
        attribute_id -> Integer,
        origin -> Text,
        rules -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_definition (id) {
        id -> Integer,
        revision -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json};

    cmdb_refused_value (ci_key, attribute_id, source) {
        ci_key -> Integer,
        attribute_id -> Integer,
        source -> Text,
        since -> Instant,
        value -> Text,
        fault -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_relation_type (name) {
        name -> Text,
        label_en -> Text,
        label_ko -> Text,
        inverse_en -> Text,
        inverse_ko -> Text,
        propagation -> Text,
        effect -> Text,
        containment -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_ci (key) {
        key -> Integer,
        id -> Uuid16,
        class -> Text,
        name -> Text,
        organisation_id -> Uuid16,
        parent_key -> Nullable<Integer>,
        local_id -> Nullable<Text>,
        agent_key -> Nullable<Integer>,
        owner -> Nullable<Text>,
        support_team -> Nullable<Text>,
        criticality -> Nullable<Integer>,
        environment -> Nullable<Text>,
        lifecycle -> Text,
        first_seen_at -> Nullable<Instant>,
        last_seen_at -> Nullable<Instant>,
        gone_at -> Nullable<Instant>,
        version -> Integer,
        created_at -> Instant,
        class_said -> Bool,
        survivor_key -> Nullable<Integer>,
        has_parts -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_revision (id) {
        id -> BigInt,
        subject_key -> Integer,
        at -> Instant,
        recorded_at -> Instant,
        source -> Text,
        actor_id -> Nullable<Uuid16>,
        actor_name -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    cmdb_value (ci_key, attribute_id, source, valid_from) {
        ci_key -> Integer,
        attribute_id -> Integer,
        source -> Text,
        valid_from -> Instant,
        valid_to -> Nullable<Instant>,
        opened_by -> BigInt,
        closed_by -> Nullable<BigInt>,
        value -> Text,
        shown -> Bool,
        shown_of -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_source (name) {
        name -> Text,
        kind -> Text,
        label_en -> Text,
        label_ko -> Text,
        enabled -> Bool,
        stale_after_s -> Nullable<Integer>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Json;

    cmdb_source_order (class, attribute) {
        class -> Text,
        attribute -> Text,
        sources -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    cmdb_pin (ci_key, attribute_id, pinned_at) {
        ci_key -> Integer,
        attribute_id -> Integer,
        pinned_at -> Instant,
        expires_at -> Nullable<Instant>,
        source -> Nullable<Text>,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    cmdb_inheritance (ci_key, attribute_id, valid_from) {
        ci_key -> Integer,
        attribute_id -> Integer,
        valid_from -> Instant,
        valid_to -> Nullable<Instant>,
        from_key -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_inheritance_change (id) {
        id -> BigInt,
        ci_key -> Integer,
        levels -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    cmdb_standing (ci_key, source) {
        ci_key -> Integer,
        source -> Text,
        confirmed_at -> Nullable<Instant>,
        stale -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    cmdb_identifier (ci_key, kind, value, valid_from) {
        ci_key -> Integer,
        kind -> Text,
        value -> Text,
        valid_from -> Instant,
        valid_to -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_relation (key) {
        key -> BigInt,
        id -> Uuid16,
        source_key -> Integer,
        target_key -> Integer,
        #[sql_name = "type"]
        type_ -> Text,
        origin -> Text,
        valid_from -> Instant,
        valid_to -> Nullable<Instant>,
        opened_by -> BigInt,
        closed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    cmdb_evidence (relation_key, seen_by) {
        relation_key -> BigInt,
        seen_by -> Text,
        samples -> Integer,
        first_seen_at -> Instant,
        last_seen_at -> Instant,
        ports -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    cmdb_section (ci_key, section) {
        ci_key -> Integer,
        section -> Text,
        state -> Text,
        hash -> Nullable<Binary>,
        observed_at -> Nullable<Instant>,
        received_at -> Instant,
        body -> Nullable<Binary>,
        fault -> Nullable<Text>,
        fault_since -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    catalogue_product (id) {
        id -> Integer,
        ecosystem -> Text,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    catalogue_version (id) {
        id -> Integer,
        product_id -> Integer,
        version -> Text,
        architecture -> Text,
        source -> Nullable<Text>,
        source_version -> Nullable<Text>,
        vendor -> Nullable<Text>,
        size_bytes -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    catalogue_installation_set (ci_key, block, valid_from) {
        valid_from -> Instant,
        valid_to -> Nullable<Instant>,
        bits -> BigInt,
        ci_key -> Integer,
        block -> Integer,
    }
}

// A view, for reading.
diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    catalogue_installation (ci_key, version_id, valid_from) {
        valid_from -> Instant,
        ci_key -> Integer,
        version_id -> Integer,
        valid_to -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    capacity_sample (ci_key, at, window_s) {
        ci_key -> Integer,
        at -> Instant,
        window_s -> Integer,
        body -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Uuid16;

    identification_rule (id) {
        id -> Uuid16,
        class -> Text,
        shipped_name -> Nullable<Text>,
        position -> Integer,
        label_en -> Text,
        label_ko -> Text,
        needs -> Text,
        vetoes -> Text,
        outcome -> Text,
        enabled -> Bool,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    identification_verdict (organisation_id, kind, value) {
        organisation_id -> Uuid16,
        kind -> Text,
        value -> Text,
        verdict -> Text,
        at -> Instant,
        seen_on -> Integer,
        decided_by -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    identification_proposal (id) {
        id -> Uuid16,
        organisation_id -> Uuid16,
        newer_key -> Integer,
        older_key -> Integer,
        rule_en -> Text,
        rule_ko -> Text,
        veto -> Nullable<Text>,
        state -> Text,
        created_at -> Instant,
        decided_at -> Nullable<Instant>,
        decided_by -> Nullable<Text>,
        note -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    identification_hold (agent_key) {
        agent_key -> Integer,
        organisation_id -> Uuid16,
        ci_key -> Integer,
        rule_en -> Text,
        rule_ko -> Text,
        since -> Instant,
        until -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    identification_split (key) {
        key -> Integer,
        id -> Uuid16,
        original_key -> Integer,
        separate_key -> Integer,
        source -> Text,
        reporter_name -> Text,
        at -> Instant,
        actor_name -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    identification_reporter (key) {
        key -> Integer,
        id -> Uuid16,
        source -> Text,
        organisation_id -> Uuid16,
        external_id -> Text,
        ci_key -> Nullable<Integer>,
        first_reported_at -> Instant,
        last_reported_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_merge (key) {
        key -> Integer,
        id -> Uuid16,
        merged_key -> Integer,
        survivor_key -> Integer,
        derived_from -> Nullable<Integer>,
        at -> Instant,
        actor_name -> Nullable<Text>,
        reason -> Nullable<Text>,
        undone_at -> Nullable<Instant>,
        undone_by -> Nullable<Text>,
        undo_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Uuid16;

    index_document (id) {
        id -> Integer,
        kind -> Integer,
        item -> Integer,
        organisation_id -> Nullable<Uuid16>,
        name -> Text,
        folded -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Instant;

    index_address (ci_key, address, valid_from) {
        ci_key -> Integer,
        address -> Text,
        valid_from -> Instant,
        valid_to -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    index_change (id) {
        id -> BigInt,
        kind -> Integer,
        item -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    cmdb_baseline (key) {
        key -> Integer,
        id -> Uuid16,
        organisation_id -> Uuid16,
        name -> Text,
        name_folded -> Text,
        note -> Nullable<Text>,
        filter -> Nullable<Json>,
        taken_at -> Instant,
        created_by -> Nullable<Text>,
        created_at -> Instant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_baseline_member (baseline_key, ci_key) {
        baseline_key -> Integer,
        ci_key -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_baseline_acceptance (key) {
        key -> Integer,
        id -> Uuid16,
        baseline_key -> Integer,
        at -> Instant,
        reason -> Text,
        accepted_by -> Nullable<Text>,
        accepted_at -> Instant,
        undone_by -> Nullable<Text>,
        undone_at -> Nullable<Instant>,
        undo_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_baseline_accepted (acceptance_key, ci_key, topic) {
        acceptance_key -> Integer,
        ci_key -> Integer,
        topic -> Text,
        is_member -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_saved_search (id) {
        id -> Uuid16,
        organisation_id -> Uuid16,
        owner_id -> Uuid16,
        name -> Text,
        name_folded -> Text,
        query -> Text,
        shared -> Bool,
        version -> Integer,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    imports_token (id) {
        id -> Uuid16,
        name -> Text,
        organisation_id -> Uuid16,
        secret_hash -> Binary,
        cidrs -> Json,
        created_by -> Nullable<Uuid16>,
        created_at -> Instant,
        revoked_at -> Nullable<Instant>,
        last_used_at -> Nullable<Instant>,
        last_used_from -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Uuid16;

    cmdb_external_key (source, value, organisation_id) {
        source -> Text,
        value -> Text,
        organisation_id -> Uuid16,
        ci_key -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    cmdb_bulk_answer (actor_id, idempotency_key, begins_at) {
        actor_id -> Uuid16,
        idempotency_key -> Text,
        begins_at -> Integer,
        digest -> Binary,
        answered_at -> Instant,
        items -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    imports_mapping (id) {
        id -> Uuid16,
        name -> Text,
        owner_id -> Uuid16,
        mapping -> Json,
        changed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    imports_run (id) {
        id -> Uuid16,
        organisation_id -> Uuid16,
        created_by -> Nullable<Uuid16>,
        created_at -> Instant,
        format -> Text,
        file_name -> Nullable<Text>,
        digest -> Binary,
        size_bytes -> BigInt,
        idempotency_key -> Nullable<Text>,
        items -> Integer,
        created -> Integer,
        changed -> Integer,
        unchanged -> Integer,
        not_taken -> Integer,
        report -> Json,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Uuid16;

    cmdb_policy (id) {
        id -> Uuid16,
        name -> Text,
        name_folded -> Text,
        query -> Text,
        action -> Text,
        grace_s -> BigInt,
        renew_s -> Nullable<BigInt>,
        enabled -> Bool,
        shipped_name -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_policy_match (policy_id, ci_key) {
        policy_id -> Uuid16,
        ci_key -> Integer,
        since -> Instant,
        due_at -> Instant,
        done -> Bool,
        obstacle -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_policy_run (id) {
        id -> Uuid16,
        policy_id -> Uuid16,
        policy_name -> Text,
        action -> Text,
        began_at -> Instant,
        items -> Integer,
        undone_at -> Nullable<Instant>,
        undone_by -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_policy_effect (run_id, ci_key) {
        run_id -> Uuid16,
        ci_key -> Integer,
        at -> Instant,
        before -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Uuid16};

    cmdb_attestation (ci_key, policy_id, at) {
        ci_key -> Integer,
        policy_id -> Uuid16,
        at -> Instant,
        by_id -> Nullable<Uuid16>,
        by_name -> Nullable<Text>,
        note -> Nullable<Text>,
        expires_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    cmdb_tag (tag, ci_key) {
        tag -> Text,
        ci_key -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Instant, Json, Uuid16};

    cmdb_edit (id) {
        id -> Uuid16,
        state -> Text,
        changes -> Json,
        filter -> Nullable<Json>,
        reason -> Nullable<Text>,
        author_id -> Nullable<Uuid16>,
        author_name -> Nullable<Text>,
        created_at -> Instant,
        acting_id -> Nullable<Uuid16>,
        acting_name -> Nullable<Text>,
        acting_scope -> Nullable<Json>,
        began_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        undone_by -> Nullable<Text>,
        undone_at -> Nullable<Instant>,
        undo_reason -> Nullable<Text>,
        items -> Integer,
        changing -> Integer,
        same -> Integer,
        refused -> Integer,
        changed -> Integer,
        restored -> Integer,
        kept -> Integer,
        next_place -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::Uuid16;

    cmdb_edit_organisation (edit_id, organisation_id) {
        edit_id -> Uuid16,
        organisation_id -> Uuid16,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::store::column::{Json, Uuid16};

    cmdb_edit_item (edit_id, place) {
        edit_id -> Uuid16,
        place -> Integer,
        ci_key -> Integer,
        outcome -> Text,
        why -> Nullable<Text>,
        faults -> Json,
        differences -> Json,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    installation_setting,
    access_organisation,
    access_user,
    access_grant,
    access_second_factor,
    access_recovery_code,
    access_session,
    access_api_token,
    access_link,
    audit_entry,
    fleet_enrolment_token,
    fleet_agent,
    fleet_certificate,
    fleet_presence,
    fleet_run,
    fleet_heartbeat,
    fleet_outage,
    fleet_silence,
    ingest_epoch,
    ingest_state,
    ingest_inbox,
    ingest_dead_letter,
    cmdb_class,
    cmdb_attribute,
    cmdb_constraint,
    cmdb_definition,
    cmdb_refused_value,
    cmdb_relation_type,
    cmdb_ci,
    cmdb_revision,
    cmdb_value,
    cmdb_source,
    cmdb_source_order,
    cmdb_pin,
    cmdb_inheritance,
    cmdb_inheritance_change,
    cmdb_standing,
    cmdb_identifier,
    cmdb_relation,
    cmdb_evidence,
    cmdb_section,
    cmdb_merge,
    cmdb_external_key,
    cmdb_bulk_answer,
    catalogue_product,
    catalogue_version,
    catalogue_installation,
    catalogue_installation_set,
    capacity_sample,
    identification_rule,
    identification_verdict,
    identification_proposal,
    identification_hold,
    identification_reporter,
    identification_split,
    index_document,
    index_address,
    index_change,
    cmdb_baseline,
    cmdb_baseline_member,
    cmdb_baseline_acceptance,
    cmdb_baseline_accepted,
    cmdb_saved_search,
    cmdb_policy,
    cmdb_policy_match,
    cmdb_policy_run,
    cmdb_policy_effect,
    cmdb_attestation,
    cmdb_tag,
    cmdb_edit,
    cmdb_edit_organisation,
    cmdb_edit_item,
    imports_token,
    imports_run,
    imports_mapping,
);

diesel::joinable!(access_grant -> access_user (user_id));
diesel::joinable!(access_grant -> access_organisation (organisation_id));
diesel::joinable!(access_second_factor -> access_user (user_id));
diesel::joinable!(access_recovery_code -> access_user (user_id));
diesel::joinable!(access_session -> access_user (user_id));
diesel::joinable!(access_api_token -> access_user (user_id));
diesel::joinable!(fleet_agent -> access_organisation (organisation_id));
diesel::joinable!(fleet_silence -> access_organisation (organisation_id));
diesel::joinable!(fleet_enrolment_token -> access_organisation (organisation_id));
diesel::joinable!(cmdb_ci -> access_organisation (organisation_id));
diesel::joinable!(cmdb_ci -> fleet_agent (agent_key));
diesel::joinable!(cmdb_baseline_accepted -> cmdb_baseline_acceptance (acceptance_key));
diesel::joinable!(cmdb_value -> cmdb_attribute (attribute_id));
diesel::joinable!(cmdb_value -> cmdb_ci (ci_key));
diesel::joinable!(cmdb_identifier -> cmdb_ci (ci_key));
diesel::joinable!(catalogue_version -> catalogue_product (product_id));
diesel::joinable!(catalogue_installation -> catalogue_version (version_id));
diesel::joinable!(catalogue_installation -> cmdb_ci (ci_key));
diesel::joinable!(cmdb_relation -> cmdb_relation_type (type_));
diesel::joinable!(imports_run -> access_organisation (organisation_id));
diesel::joinable!(imports_token -> access_organisation (organisation_id));

type Json<T> = { content: { "application/json": T } };
type InPath<P> = [keyof P] extends [never] ? { path?: never } : { path: P };
type Get<R, Q = Record<never, never>, P = Record<never, never>> = {
  parameters: { query?: Q } & InPath<P>;
  requestBody?: never;
  responses: { 200: Json<R> };
};
type Send<B, R, P = Record<never, never>, S extends number = 200> = {
  parameters: { header?: { "If-Match"?: string } } & InPath<P>;
  requestBody?: Json<B>;
  responses: { [K in S]: R extends null ? { content?: never } : Json<R> };
};
type Gone<P = Record<never, never>> = {
  parameters: InPath<P>;
  requestBody?: never;
  responses: { 204: { content?: never } };
};
type Page<T> = { items: T[]; next_cursor: string | null };
type Counted<T> = Page<T> & { total: number };
type Paging = { limit?: number; cursor?: string };
type Id = { id: string };
type Ref = { id: string; name: string };
type CiRef = { id: string; name: string; class: string };
type Labels = { en: string; ko: string };
type Action = { action: string; allowed: boolean; reason?: string | null };
type SaidBy = { kind: string; id: string | null; name: string | null };
type Grant = { role: string; organisation: Ref };
type NewGrant = { role: string; organisation_id: string };
type Session = {
  user: { id: string; login: string; display_name: string; language: string; time_zone: string; theme: string };
  permissions: string[];
  grants: Grant[];
  csrf_token: string;
  expires_at: string;
  server: { version: string; product: string };
};
type User = {
  id: string;
  login: string;
  display_name: string;
  language: string;
  enabled: boolean;
  grants: Grant[];
  created_at: string;
  last_login_at: string | null;
  version: number;
  allowed_actions: Action[];
};
type Token = {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
};
type EnrolmentToken = {
  id: string;
  name: string | null;
  organisation: Ref;
  mode: string;
  uses_left: number;
  uses: number;
  expires_at: string;
  cidrs: string[];
  created_at: string;
  created_by: { id: string; display_name: string };
  revoked_at: string | null;
  state: string;
};
type Agent = {
  id: string;
  hostname: string;
  ci: CiRef | null;
  organisation: Ref;
  state: string;
  presence: string;
  version: string | null;
  enrolled_at: string;
  last_seen_at: string | null;
  interval_s: number;
  certificate_expires_at: string | null;
  generation: number;
  address: string | null;
  faults: number;
  pending_reports: number;
  allowed_actions: Action[];
};
type Class = {
  name: string;
  parent: string | null;
  label: Labels;
  abstract: boolean;
  icon: string;
  family: string;
  attributes: {
    name: string;
    label: Labels;
    type: string;
    unit: string | null;
    inherited_from: string | null;
    values?: { value: string; label: Labels }[];
  }[];
  count: number;
};
type CiItem = {
  id: string;
  class: string;
  name: string;
  organisation: Ref;
  owner: string | null;
  support_team: string | null;
  criticality: number | null;
  environment: string | null;
  lifecycle: string;
  observation: { state: string; first_seen: string | null; last_seen: string | null };
  attributes: Record<string, unknown>;
  parent: CiRef | null;
};
type Ci = CiItem & {
  values: { attribute: string; value: unknown; source: string; since: string; said_by: SaidBy; shown: boolean }[];
  version: number;
  agent: { id: string; presence: string } | null;
  faults: { section: string; cause: string; detail: string; since: string }[];
  sections: { section: string; hash: string; observed_at: string; received_at: string; state: string }[];
  counts: { software: number; relations: number; listeners: number };
  allowed_actions: Action[];
};
type Relation = {
  id: string;
  type: string;
  type_label: Labels;
  inverse_label: Labels;
  direction: string;
  other: CiRef & { host: Ref | null };
  origin: string;
  confidence: number;
  evidence: { samples: number; first_seen: string; last_seen: string; seen_by: string[]; ports?: number[] } | null;
  valid_from: string;
  valid_to: string | null;
};
type Product = { id: string; ecosystem: string; name: string; vendor: string | null; hosts: number; versions: number };

export interface paths {
  "/setup": {
    get: Get<{ needed: boolean }>;
    post: Send<{ token: string; login: string; display_name: string; password: string; language: string }, Session, Record<never, never>, 201>;
  };
  "/session": { get: Get<Session>; post: Send<{ login: string; password: string }, Session>; delete: Gone };
  "/session/preferences": { patch: Send<{ language?: string; time_zone?: string; theme?: string }, Session> };
  "/session/password": { post: Send<{ current_password: string; new_password: string }, null, Record<never, never>, 204> };
  "/users": {
    get: Get<Page<User>, { q?: string } & Paging>;
    post: Send<{ login: string; display_name: string; language: string; grants: NewGrant[] }, User & { set_password_link: string }, Record<never, never>, 201>;
  };
  "/users/{id}": {
    get: Get<User, Record<never, never>, Id>;
    patch: Send<{ display_name?: string; language?: string; enabled?: boolean; grants?: NewGrant[] }, User, Id>;
  };
  "/users/{id}/password-reset": { post: Send<never, { set_password_link: string; expires_at: string }, Id> };
  "/password": { post: Send<{ token: string; new_password: string }, null, Record<never, never>, 204> };
  "/tokens": {
    get: Get<Page<Token>, Paging>;
    post: Send<{ name: string; scopes: string[]; expires_in_days?: number }, Token & { secret: string }, Record<never, never>, 201>;
  };
  "/tokens/{id}": { delete: Gone<Id> };
  "/organisations": { get: Get<Page<{ id: string; name: string; parent_id: string | null }>, Paging> };
  "/enrolment-tokens": {
    get: Get<Page<EnrolmentToken>, Paging>;
    post: Send<
      { name?: string; organisation_id?: string; mode?: string; uses?: number; expires_in_minutes?: number; cidrs?: string[] },
      EnrolmentToken & { secret: string; agent_url: string; commands: { id: string; command: string }[] },
      Record<never, never>,
      201
    >;
  };
  "/enrolment-tokens/{id}": { delete: Gone<Id> };
  "/agents": {
    get: Get<Page<Agent> & { counts: { live: number; late: number; silent: number; pending: number; revoked: number } }, { q?: string; state?: string } & Paging>;
  };
  "/agents/{id}": { get: Get<Agent, Record<never, never>, Id> };
  "/agents/{id}/approve": { post: Send<never, Agent, Id> };
  "/agents/{id}/revoke": { post: Send<{ reason?: string }, Agent, Id> };
  "/classes": { get: Get<{ items: Class[] }> };
  "/cis": {
    get: Get<
      Counted<CiItem>,
      {
        class?: string[];
        q?: string;
        lifecycle?: string[];
        observation?: string[];
        organisation?: string[];
        criticality?: number[];
        environment?: string[];
        sort?: string;
        as_of?: string;
      } & Paging
    >;
    post: Send<
      {
        class: string;
        name: string;
        organisation_id?: string;
        lifecycle?: string;
        criticality?: number;
        environment?: string;
        owner?: string;
        support_team?: string;
        attributes?: Record<string, unknown>;
      },
      Ci,
      Record<never, never>,
      201
    >;
  };
  "/cis/{id}": {
    get: Get<Ci, { as_of?: string }, Id>;
    patch: Send<
      {
        name?: string;
        owner?: string | null;
        support_team?: string | null;
        criticality?: number | null;
        environment?: string | null;
        attributes?: Record<string, unknown>;
      },
      Ci,
      Id
    >;
  };
  "/cis/{id}/lifecycle": { post: Send<{ lifecycle: string; reason?: string }, Ci, Id> };
  "/cis/{id}/relations": { get: Get<Page<Relation>, { direction?: string; type?: string; as_of?: string } & Paging, Id> };
  "/cis/{id}/sections/{section}": {
    get: Get<
      {
        section: string;
        hash: string;
        observed_at: string;
        received_at: string;
        state: string;
        fault: { cause: string; detail: string; since: string } | null;
        body: unknown;
      },
      Record<never, never>,
      { id: string; section: string }
    >;
  };
  "/cis/{id}/software": {
    get: Get<
      Counted<{
        product: { id: string; ecosystem: string; name: string };
        version: string;
        architecture: string | null;
        source: string | null;
        vendor: string | null;
        valid_from: string;
        valid_to: string | null;
      }>,
      { q?: string; as_of?: string } & Paging,
      Id
    >;
  };
  "/cis/{id}/history": {
    get: Get<
      Page<{
        id: string;
        at: string;
        recorded_at: string;
        kind: string;
        change: string;
        subject: string;
        subject_detail: string | null;
        before: unknown;
        after: unknown;
        source: string;
        said_by: SaidBy;
      }>,
      { kind?: string } & Paging,
      Id
    >;
  };
  "/cis/{id}/samples": {
    get: Get<
      {
        from: string;
        to: string;
        step_s: number;
        series: { metric: string; dimension: string | null; unit: string; points: number[][] }[];
      },
      { metric?: string; dimension?: string; from?: string; to?: string },
      Id
    >;
  };
  "/cis/{id}/samples/latest": {
    get: Get<
      { at: string | null; values: { metric: string; dimension: string | null; mean: number; max: number; p95: number }[] },
      Record<never, never>,
      Id
    >;
  };
  "/software": { get: Get<Counted<Product>, { q?: string; ecosystem?: string } & Paging> };
  "/software/{id}": {
    get: Get<Omit<Product, "versions"> & { versions: { version: string; architecture: string | null; hosts: number }[] }, Record<never, never>, Id>;
  };
  "/software/{id}/installations": {
    get: Get<
      Counted<{ ci: CiRef; version: string; architecture: string | null; since: string }>,
      { version?: string; op?: string; q?: string } & Paging,
      Id
    >;
  };
  "/audit": {
    get: Get<
      Page<{
        seq: number;
        at: string;
        actor: SaidBy;
        action: string;
        object: { kind: string; id: string; name: string | null };
        details: Record<string, unknown>;
        request_id: string | null;
        address: string | null;
        hash: string;
      }>,
      { actor?: string; action?: string; object?: string; from?: string; to?: string } & Paging
    >;
  };
  "/audit/verify": { get: Get<{ ok: boolean; rows: number; first_bad_seq: number | null }> };
}

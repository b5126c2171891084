import type { paths } from "./__generated__/schema";

type Method<P extends keyof paths, M extends keyof paths[P]> = paths[P][M];
type Content<R> = R extends { content: { "application/json": infer T } } ? T : never;
/** What an operation answers with. */
export type Answer<P extends keyof paths, M extends keyof paths[P], S extends number = 200> =
  Method<P, M> extends { responses: infer R } ? (S extends keyof R ? Content<R[S]> : never) : never;
/** The body that an operation takes. */
export type Body<P extends keyof paths, M extends keyof paths[P]> =
  Method<P, M> extends { requestBody?: infer B } ? Content<NonNullable<B>> : never;
/** The query parameters of an operation. */
export type Query<P extends keyof paths> =
  paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;

export type Session = Answer<"/session", "get">;
export type User = Answer<"/users", "get">["items"][number];
export type Grant = Session["grants"][number];
export type Token = Answer<"/tokens", "get">["items"][number];
export type NewToken = Answer<"/tokens", "post", 201>;
export type Organisation = Answer<"/organisations", "get">["items"][number];
export type EnrolmentToken = Answer<"/enrolment-tokens", "get">["items"][number];
export type NewEnrolmentToken = Answer<"/enrolment-tokens", "post", 201>;
export type AgentPage = Answer<"/agents", "get">;
export type Agent = AgentPage["items"][number];
export type DeadLetterPage = Answer<"/dead-letters", "get">;
export type DeadLetter = DeadLetterPage["items"][number];
export type AgentState = Agent["state"];
export type Presence = Agent["presence"];
export type CiClass = Answer<"/classes", "get">["items"][number];
export type ClassAttribute = CiClass["attributes"][number];
export type ClassDetail = Answer<"/classes/{name}", "get">;
export type Finding = Ci["findings"][number];
export type CiPage = Answer<"/cis", "get">;
export type CiItem = CiPage["items"][number];
export type Lifecycle = CiItem["lifecycle"];
export type Observation = CiItem["observation"]["state"];
export type Ci = Answer<"/cis/{id}", "get">;
export type CiValue = Ci["values"][number];
export type Source = Answer<"/sources", "get">["items"][number];
export type SourceOrder = Answer<"/source-orders", "get">["items"][number];
export type SourcePreview = Answer<"/source-orders", "put">;
export type Account = Answer<"/cis/{id}/values", "get">["items"][number];
export type Statement = Account["statements"][number];
export type CiFault = Ci["faults"][number];
export type Relation = Answer<"/cis/{id}/relations", "get">["items"][number];
export type StoredSection = Answer<"/cis/{id}/sections/{section}", "get">;
export type Installed = Answer<"/cis/{id}/software", "get">["items"][number];
export type HistoryEntry = Answer<"/cis/{id}/history", "get">["items"][number];
export type Samples = Answer<"/cis/{id}/samples", "get">;
export type Series = Samples["series"][number];
export type LatestSamples = Answer<"/cis/{id}/samples/latest", "get">;
export type ProductPage = Answer<"/software", "get">;
export type Product = ProductPage["items"][number];
export type ProductDetail = Answer<"/software/{id}", "get">;
export type InstallationPage = Answer<"/software/{id}/installations", "get">;
export type Installation = InstallationPage["items"][number];
export type AuditEntry = Answer<"/audit", "get">["items"][number];
export type AuditVerdict = Answer<"/audit/verify", "get">;
export type SearchAnswer = Answer<"/search", "get">;
export type SearchGroup = SearchAnswer["groups"][number];
export type SearchHit = SearchGroup["items"][number];
export type TextPart = SearchHit["name"][number];
export type SearchSuggestions = Answer<"/search/suggestions", "get">;
export type SearchSuggestion = SearchSuggestions["items"][number];
export type QueryFault = NonNullable<SearchSuggestions["fault"]>;
export type SavedSearch = Answer<"/saved-searches", "get">["items"][number];
export type ChangeReport = Answer<"/cis/changes", "get">;
export type ItemChange = ChangeReport["items"][number];
export type Differences = ItemChange["differences"];
export type Baseline = Answer<"/baselines", "get">["items"][number];
/** What a filter leaves out filters nothing. */
export type BaselineFilter = Partial<NonNullable<Baseline["filter"]>>;
export type Acceptance = Answer<"/baselines/{id}/acceptances", "get">["items"][number];
export type ImportReport = Answer<"/imports/{id}", "get">;
export type ImportItem = ImportReport["items"][number];
export type TableInspection = Answer<"/imports/tables/inspect", "post">;
export type TableMapping = TableInspection["proposal"];
export type ImportSummary = Answer<"/imports", "get">["items"][number];
export type InventoryTokenPage = Answer<"/inventory-tokens", "get">;
export type InventoryToken = InventoryTokenPage["items"][number];
export type NewInventoryToken = Answer<"/inventory-tokens", "post", 201>;

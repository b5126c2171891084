import { QueryCache, QueryClient, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ApiError } from "./errors";

/** What to do when the server no longer knows the session; set once by the router. */
let onSignedOut: () => void = () => {};

export function whenSignedOut(handler: () => void) {
  onSignedOut = handler;
}

function retry(attempt: number, error: Error) {
  if (!(error instanceof ApiError)) return false;
  return attempt < 3 && (error.code === "network" || error.status === 503);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      if (error instanceof ApiError && error.status === 401 && query.meta?.["mayBeSignedOut"] !== true) onSignedOut();
    },
  }),
  defaultOptions: {
    queries: { retry, staleTime: 10_000, refetchOnWindowFocus: true, networkMode: "always" },
    mutations: { retry: false, networkMode: "always" },
  },
});

interface ListPage<Row> {
  items: Row[];
  next_cursor?: string | null;
  total?: number | null;
}

interface ListOptions {
  enabled?: boolean;
  refetchInterval?: number | false;
}

/** A keyset list, page after page.
 *
 * The rows of the previous filter stay on screen (`stale`) until those of the new one are here.
 */
export function useList<Row, Page extends ListPage<Row> = ListPage<Row>>(
  key: readonly unknown[],
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page & ListPage<Row>>,
  options: ListOptions = {},
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    ...options,
  });
  const pages = query.data?.pages;
  const rows = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  return {
    rows,
    first: pages?.[0] as Page | undefined,
    total: pages?.[0]?.total ?? null,
    loading: query.isPending,
    stale: query.isPlaceholderData,
    error: query.error,
    retry: () => void query.refetch(),
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    loadMore: () => void (query.hasNextPage && !query.isFetchingNextPage && query.fetchNextPage()),
  };
}

/** What {@link useList} gives. */
export type List<Row> = Omit<ReturnType<typeof useList<Row>>, "first">;

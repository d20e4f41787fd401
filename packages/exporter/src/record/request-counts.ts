import type { RequestCounts } from '@ahi-dicom/ahi-client'
import type { ExporterClient } from '../selection/client.ts'

type Counts = Readonly<Record<string, RequestCounts>>

/**
 * Returns a function that returns the requests a client has sent since now. It returns undefined if the client does not
 * count.
 */
export function countRequests({ requestCounts }: ExporterClient): () => Counts | undefined {
  const before: Counts | undefined = requestCounts?.()
  return () => {
    const counts = Object.entries(requestCounts?.() ?? {}).map(
      ([operation, count]) => [operation, since(before?.[operation], count)] as const,
    )
    return before && Object.fromEntries(counts.filter(([, { requests }]) => requests > 0))
  }
}

function since(before: RequestCounts | undefined, now: RequestCounts): RequestCounts {
  if (before === undefined) return now
  return {
    requests: now.requests - before.requests,
    repeated: now.repeated - before.repeated,
    throttled: now.throttled - before.throttled,
    secondsWaited: now.secondsWaited - before.secondsWaited,
    bytes: now.bytes - before.bytes,
  }
}

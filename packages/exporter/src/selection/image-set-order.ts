import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { isPrimary } from './client.ts'

/** What the order of image sets goes by. */
type Ordered = Pick<ImageSetSummary, 'imageSetId' | 'versionId' | 'isPrimary' | 'updatedAt'>

/**
 * Compares image sets by the rule of duplicates: an instance is taken from the first image set that has it. Primary ones come
 * first, then the newest; of the same time, the one with the greater version number, then by id.
 */
export function byPrecedence(a: Ordered, b: Ordered): number {
  return (
    Number(isPrimary(b)) - Number(isPrimary(a)) ||
    (b.updatedAt?.getTime() ?? 0) - (a.updatedAt?.getTime() ?? 0) ||
    Number(b.versionId ?? 0) - Number(a.versionId ?? 0) ||
    (a.imageSetId < b.imageSetId ? -1 : Number(a.imageSetId > b.imageSetId))
  )
}

/** Image sets of one import may have the same time. Of more than these, the order is AHI's. */
const mostAtATime = 10_000

/** Puts image sets that come newest first, as AHI's search has them, into the order of {@link byPrecedence}. */
export async function* inPrecedence(
  summaries: AsyncIterable<ImageSetSummary>,
): AsyncGenerator<ImageSetSummary, void, undefined> {
  let sameTime: ImageSetSummary[] = []
  for await (const summary of summaries) {
    const [first] = sameTime
    const isSame = first?.updatedAt !== undefined && first.updatedAt.getTime() === summary.updatedAt?.getTime()
    if (first !== undefined && (!isSame || sameTime.length >= mostAtATime)) {
      yield* sameTime.sort(byPrecedence)
      sameTime = []
    }
    sameTime.push(summary)
  }
  yield* sameTime.sort(byPrecedence)
}

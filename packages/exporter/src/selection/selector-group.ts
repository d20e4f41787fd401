import type { Selector, StudySelector } from './selector.ts'

/** Selectors of one study, or the selector of one image set. Notes which of them matched instances. */
export interface SelectorGroup {
  /** Returns true if an image set of this series may contain wanted instances. Undefined: the series is not known. */
  mayHold(seriesInstanceUid: string | undefined): boolean
  /** Returns true if all instances in an image set of this series are wanted. */
  wantsAll(seriesInstanceUid: string | undefined): boolean
  /** Returns the study selectors that may match instances in an image set of this series. */
  selectorsFor(seriesInstanceUid: string | undefined): readonly StudySelector[]
  /** Returns true if an instance is wanted, and notes that its selectors matched. */
  isWanted(instance: { readonly seriesInstanceUid: string; readonly sopInstanceUid: string }): boolean
  /** Notes that an image set of this series is not read. Its selectors count as matched. */
  assumeMet(seriesInstanceUid: string | undefined): void
  /** Notes that an image set of this series is left out by `nonPrimary`. */
  leaveOut(seriesInstanceUid: string | undefined): void
  /** Returns the selectors that matched no instance, with the number of image sets left out. */
  unmet(): readonly { readonly selector: Selector; readonly leftOut: number }[]
}

interface Entry {
  readonly selector: Selector
  isMet: boolean
  leftOut: number
}

/** Creates a group from the selectors of one study, or from one selector of an image set. */
export function createSelectorGroup(selectors: readonly Selector[]): SelectorGroup {
  const entries: readonly Entry[] = selectors.map((selector) => ({ selector, isMet: false, leftOut: 0 }))
  const bySeries = Map.groupBy(entries, ({ selector }) => partsOf(selector).seriesInstanceUid)
  const byParts = Map.groupBy(entries, ({ selector }) => keyOf(partsOf(selector)))

  function ofSeries(seriesInstanceUid: string | undefined): readonly Entry[] {
    if (seriesInstanceUid === undefined) return entries
    return [...(bySeries.get(seriesInstanceUid) ?? []), ...(bySeries.get(undefined) ?? [])]
  }

  return {
    mayHold: (seriesInstanceUid) => ofSeries(seriesInstanceUid).length > 0,
    wantsAll: (seriesInstanceUid) => byParts.has(keyOf({})) || byParts.has(keyOf({ seriesInstanceUid })),
    selectorsFor: (seriesInstanceUid) =>
      ofSeries(seriesInstanceUid).flatMap(({ selector }) => ('imageSetId' in selector ? [] : [selector])),
    isWanted({ seriesInstanceUid, sopInstanceUid }) {
      const matching = [{}, { seriesInstanceUid }, { sopInstanceUid }, { seriesInstanceUid, sopInstanceUid }].flatMap(
        (parts) => byParts.get(keyOf(parts)) ?? [],
      )
      for (const entry of matching) entry.isMet = true
      return matching.length > 0
    },
    assumeMet(seriesInstanceUid) {
      for (const entry of ofSeries(seriesInstanceUid)) entry.isMet = true
    },
    leaveOut(seriesInstanceUid) {
      for (const entry of ofSeries(seriesInstanceUid)) entry.leftOut += 1
    },
    unmet: () => entries.filter(({ isMet }) => !isMet),
  }
}

interface Parts {
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUid?: string | undefined
}

function partsOf(selector: Selector): Parts {
  return 'imageSetId' in selector ? {} : selector
}

function keyOf({ seriesInstanceUid = '', sopInstanceUid = '' }: Parts): string {
  return `${seriesInstanceUid}/${sopInstanceUid}`
}

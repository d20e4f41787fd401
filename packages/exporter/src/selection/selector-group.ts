import type { Selector, StudySelector } from './selector.ts'

/** Selectors that the same image sets answer: those of one study, or the one of an image set. Notes which lead to instances. */
export interface SelectorGroup {
  /** Returns whether an image set with this series may hold wanted instances. Undefined: the series is not known. */
  mayHold(seriesInstanceUid: string | undefined): boolean
  /** Returns whether all instances of an image set with this series are wanted. */
  wantsAll(seriesInstanceUid: string | undefined): boolean
  /** Returns the selectors of a study that may name instances of an image set with this series. */
  selectorsFor(seriesInstanceUid: string | undefined): readonly StudySelector[]
  /** Returns whether an instance is wanted, and notes that its selectors lead to one. */
  isWanted(instance: { readonly seriesInstanceUid: string; readonly sopInstanceUid: string }): boolean
  /** Notes that an image set with this series is not read, so that its selectors may lead to instances. */
  assumeMet(seriesInstanceUid: string | undefined): void
  /** Notes that an image set with this series is left out. */
  leaveOut(seriesInstanceUid: string | undefined): void
  /** Returns the selectors that lead to no instance, with the number of image sets that were left out. */
  unmet(): readonly { readonly selector: Selector; readonly leftOut: number }[]
}

interface Entry {
  readonly selector: Selector
  isMet: boolean
  leftOut: number
}

/** Makes a group of selectors of one study, or of one selector of an image set. */
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

/** Zero-based frames of an instance: one, or all from one to another. */
export type FrameSelector = number | { readonly from: number; readonly to: number }

/** Which frames of each instance are wanted. */
export interface FrameSelection {
  /** The DICOM numbers of the frames, which count from 1, such as `1-3,7`, or `all`. */
  readonly text: string
  /** Returns the wanted frames of an instance, ascending, each once. */
  of(frameCount: number): Iterable<number>
  /** Returns the number of frames that {@link of} gives. */
  count(frameCount: number): number
  includes(frame: number): boolean
  /** Returns the first frame that is wanted by its number and that an instance does not have. */
  firstMissing(frameCount: number): number | undefined
}

interface FrameRange {
  readonly from: number
  readonly to: number
}

/**
 * Makes a selection of frames. `undefined` selects all.
 *
 * @throws {TypeError} for a selector that no frame can have
 * @example
 * import { selectFrames } from '@ahi-dicom/export-files'
 *
 * const selection = selectFrames([0, { from: 2, to: 3 }])
 * console.log([...selection.of(10)]) // [ 0, 2, 3 ]
 * console.log(selection.text) // 1,3-4
 */
export function selectFrames(selectors: readonly FrameSelector[] | undefined): FrameSelection {
  const isAll = selectors === undefined
  const ranges = isAll ? [{ from: 0, to: Infinity }] : joined(selectors.map(checked))
  const within = (frameCount: number): readonly FrameRange[] =>
    ranges.filter(({ from }) => from < frameCount).map(({ from, to }) => ({ from, to: Math.min(to, frameCount - 1) }))
  return {
    text: isAll ? 'all' : ranges.map(textOf).join(','),
    *of(frameCount) {
      for (const { from, to } of within(frameCount)) for (let frame = from; frame <= to; frame++) yield frame
    },
    count: (frameCount) => within(frameCount).reduce((sum, { from, to }) => sum + to - from + 1, 0),
    includes: (frame) => ranges.some(({ from, to }) => frame >= from && frame <= to),
    firstMissing(frameCount) {
      const beyond = isAll ? undefined : ranges.find(({ to }) => to >= frameCount)
      return beyond && Math.max(beyond.from, frameCount)
    },
  }
}

function textOf({ from, to }: FrameRange): string {
  return from === to ? String(from + 1) : `${from + 1}-${to + 1}`
}

function checked(selector: FrameSelector): FrameRange {
  const range = typeof selector === 'number' ? { from: selector, to: selector } : selector
  if (Number.isInteger(range.from) && Number.isInteger(range.to) && range.from >= 0 && range.from <= range.to)
    return range
  const text = JSON.stringify(selector)
  throw new TypeError(`Expected the \`frames\` option to hold zero-based frames and ranges of them, got \`${text}\``)
}

/** Returns ranges in ascending order, without overlaps. */
function joined(ranges: readonly FrameRange[]): readonly FrameRange[] {
  const result: FrameRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last === undefined || range.from > last.to + 1) result.push(range)
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return result
}

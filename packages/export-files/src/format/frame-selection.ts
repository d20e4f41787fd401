/** A zero-based frame, or a range of frames including both ends. */
export type FrameSelector = number | { readonly from: number; readonly to: number }

/** A selection of frames that is applied to each instance. */
export interface FrameSelection {
  /** `all`, or the DICOM frame numbers, which start at 1, such as `1-3,7`. */
  readonly text: string
  /** Yields the selected frames of an instance with `frameCount` frames, ascending, each once. */
  of(frameCount: number): Iterable<number>
  /** Returns the number of frames that {@link of} yields. */
  count(frameCount: number): number
  includes(frame: number): boolean
  /** Returns the first selected frame that an instance with `frameCount` frames lacks. Undefined if it lacks none. */
  firstMissing(frameCount: number): number | undefined
}

interface FrameRange {
  readonly from: number
  readonly to: number
}

/**
 * Creates a selection of frames. `undefined` selects all.
 *
 * @throws {TypeError} if a selector is not a frame number or a range of them
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
  throw new TypeError(`Expected the \`frames\` option to contain zero-based frames and ranges, got \`${text}\``)
}

/** Returns the ranges in ascending order. Joins those that overlap or touch. */
function joined(ranges: readonly FrameRange[]): readonly FrameRange[] {
  const result: FrameRange[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last === undefined || range.from > last.to + 1) result.push(range)
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return result
}

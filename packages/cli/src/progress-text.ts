import { formatBytes, formatCount, formatSeconds } from './quantities.ts'
import { cutTo } from './table.ts'

/** Progress of a job: counts as in `ExportProgress` of `@ahi-dicom/exporter`, and the time since its start. */
export interface ProgressState {
  readonly instances: { readonly done: number; readonly total: number; readonly failed: number }
  /** True once the totals are final. */
  readonly isTotalKnown: boolean
  readonly frames: { readonly done: number; readonly total: number }
  readonly bytesFetched: number
  /** Name of the items that `instances` counts. Default: instances. Frames are shown for instances only, bytes for instances and files. */
  readonly noun?: 'files' | 'series' | 'image sets' | undefined
  readonly elapsedMs: number
}

/** Returns the progress as one line: a bar, then counts. The line is cut to `columns`. */
export function formatProgressLine(state: ProgressState, columns: number): string {
  const facts = progressFacts(state)
  const share = shareDone(state)
  const bar = share === undefined ? [] : [formatBar(share, columns < 60 ? 10 : 20), formatPercent(share)]
  return cutTo([...bar, ...facts].join('  '), columns)
}

/** Returns the progress as a sentence for logs. */
export function formatProgressSentence(state: ProgressState): string {
  const share = shareDone(state)
  return [...(share === undefined ? [] : [formatPercent(share).trim()]), ...progressFacts(state)].join(', ')
}

/**
 * Returns the share that is done, 0 to 1, or `undefined` while the total is not known. Each instance and each frame counts
 * one, so that progress moves during a long cine as well as for many objects without frames.
 */
export function shareDone({ instances, frames, isTotalKnown }: ProgressState): number | undefined {
  if (!isTotalKnown) return undefined
  const total = instances.total + frames.total
  return total === 0 ? 1 : Math.min(1, (instances.done + framesDone({ frames, isTotalKnown })) / total)
}

/** Frames that were fetched again are not counted twice. */
function framesDone({ frames, isTotalKnown }: Pick<ProgressState, 'frames' | 'isTotalKnown'>): number {
  return isTotalKnown ? Math.min(frames.done, frames.total) : frames.done
}

function progressFacts(state: ProgressState): string[] {
  const { instances, isTotalKnown, bytesFetched, elapsedMs, noun = 'instances' } = state
  const facts = [`${instances.done}${isTotalKnown ? `/${instances.total}` : ''} ${noun}`]
  if (instances.failed > 0) facts.push(`${instances.failed} failed`)
  if (noun === 'instances') facts.push(formatCount(framesDone(state), 'frame'))
  const hasBytes = noun === 'instances' || noun === 'files'
  if (hasBytes) facts.push(formatBytes(bytesFetched))
  if (hasBytes && elapsedMs > 0) facts.push(`${formatBytes((bytesFetched * 1000) / elapsedMs)}/s`)
  const left = secondsLeft(state)
  if (left !== undefined) facts.push(`${formatSeconds(left)} left`)
  return facts
}

function secondsLeft(state: ProgressState): number | undefined {
  const share = shareDone(state)
  if (share === undefined || share === 0 || share === 1 || state.elapsedMs <= 0) return undefined
  return (state.elapsedMs / 1000) * (1 / share - 1)
}

function formatBar(share: number, width: number): string {
  const filled = Math.floor(share * width)
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`
}

/** Rounds down, so that 100 % appears only when everything is done. */
function formatPercent(share: number): string {
  return `${String(Math.floor(share * 100)).padStart(3)} %`
}

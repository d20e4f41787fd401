import { formatBytes, formatCount, formatSeconds } from './quantities.ts'
import { cutTo } from './table.ts'

/** Where an export stands: what `ExportProgress` of `@ahi-dicom/exporter` says, and since when. */
export interface ProgressState {
  readonly instances: { readonly done: number; readonly total: number; readonly failed: number }
  /** Whether the totals grow no more. */
  readonly isTotalKnown: boolean
  readonly frames: { readonly done: number; readonly total: number }
  readonly bytesFetched: number
  /** What is counted as instances, if it is something else. Files have no frames; series and image sets have no bytes either. */
  readonly noun?: 'files' | 'series' | 'image sets' | undefined
  readonly elapsedMs: number
}

/** Returns the progress as one line of at most that many columns: a bar, then as many facts as there is room for. */
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
 * Returns the share that is done, 0 to 1, or `undefined` while the total is not known. Instances without frames count
 * as one frame would, so that neither a long cine nor many small objects stand still.
 */
export function shareDone({ instances, frames, isTotalKnown }: ProgressState): number | undefined {
  if (!isTotalKnown) return undefined
  const total = instances.total + frames.total
  return total === 0 ? 1 : Math.min(1, (instances.done + framesDone({ frames, isTotalKnown })) / total)
}

/** A frame counts once, however often it was fetched. */
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

/** Rounded down, so that 100 % means that nothing is left. */
function formatPercent(share: number): string {
  return `${String(Math.floor(share * 100)).padStart(3)} %`
}

import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { RunStatus, WorkerState } from '@ahi-dicom/fleet'
import { formatBytes, formatCount, formatSeconds } from '../quantities.ts'
import { formatTable, type TableColumn } from '../table.ts'

/** Returns one run and its workers as text. */
export function formatRun(status: RunStatus, width: number | undefined, now: Date): string {
  const { run, imageSets, failuresByCode, workers } = status
  const counts = [
    `${count(imageSets.done)} of ${count(imageSets.total)} jobs done`,
    `${count(imageSets.active)} in progress`,
    `${count(imageSets.waiting)} waiting`,
    ...(imageSets.delayed > 0 ? [`${count(imageSets.delayed)} to be repeated`] : []),
    ...(imageSets.failed > 0 ? [`${count(imageSets.failed)} failed`] : []),
  ]
  const codes = Object.entries(failuresByCode).map(([code, failures]) => `${code} ${count(failures)}`)
  const rows: readonly (readonly [string, string])[] = [
    ['data store', run.datastoreId],
    ['destination', run.destination],
    ['progress', counts.join(', ')],
    ['exported', exportedText(status)],
    ...(rateText(status) === '' ? [] : [['rate', rateText(status)] as const]),
    ...(status.secondsLeft === undefined ? [] : [['time left', formatSeconds(status.secondsLeft)] as const]),
    ...(codes.length === 0 ? [] : [['failed', codes.join(', ')] as const]),
  ]
  const lines = rows.map(([name, value]) => `  ${name.padEnd(13)}${printable(value)}\n`).join('')
  const table = workers.length === 0 ? '' : `\n${formatWorkers(workers, width, now)}`
  return `run ${run.id}: ${stateText(status)}\n${lines}${table}`
}

/** Returns a run as one line. */
export function formatRunLine(status: RunStatus): string {
  const { run, imageSets, secondsLeft } = status
  const facts = [
    stateText(status),
    `${count(imageSets.done)} of ${count(imageSets.total)} jobs done`,
    ...(imageSets.failed > 0 ? [`${count(imageSets.failed)} failed`] : []),
    exportedText(status),
    ...(rateText(status) === '' ? [] : [rateText(status)]),
    ...(secondsLeft === undefined ? [] : [`${formatSeconds(secondsLeft)} left`]),
  ]
  return `run ${run.id}: ${facts.join(', ')}\n`
}

const runColumns: readonly TableColumn[] = [
  { title: 'Run' },
  { title: 'State' },
  { title: 'Jobs', align: 'right' },
  { title: 'Done', align: 'right' },
  { title: 'Failed', align: 'right' },
  { title: 'Frames/s', align: 'right' },
  { title: 'Left', align: 'right' },
  { title: 'Destination', mayBeCut: true },
]

/** Returns all runs as a table. */
export function formatRuns(runs: readonly RunStatus[], width: number | undefined): string {
  const rows = runs.map((status) => [
    status.run.id,
    stateText(status),
    count(status.imageSets.total),
    count(status.imageSets.done),
    count(status.imageSets.failed),
    status.framesPerSecond?.toFixed(1) ?? '',
    status.secondsLeft === undefined ? '' : formatSeconds(status.secondsLeft),
    status.run.destination,
  ])
  return formatTable(runColumns, rows, { width })
}

const workerColumns: readonly TableColumn[] = [
  { title: 'Worker' },
  { title: 'Run' },
  { title: 'Jobs', align: 'right' },
  { title: 'Frames/s', align: 'right' },
  { title: 'Written/s', align: 'right' },
  { title: 'Age', align: 'right' },
  { title: 'Seen', align: 'right' },
]

/** Returns workers as a table. */
export function formatWorkers(workers: readonly WorkerState[], width: number | undefined, now: Date): string {
  const rows = workers.map((worker) => [
    worker.name,
    worker.runId ?? '',
    count(worker.active),
    worker.framesPerSecond.toFixed(1),
    formatBytes(worker.bytesPerSecond),
    ageText(worker.startedAt, now),
    `${ageText(worker.seenAt, now)} ago`,
  ])
  return formatTable(workerColumns, rows, { width })
}

/** Returns true if a run has no jobs left. */
export function isOver({ run, imageSets }: RunStatus): boolean {
  return run.state !== 'submitting' && imageSets.waiting + imageSets.active + imageSets.delayed === 0
}

function stateText(status: RunStatus): string {
  const { run, isPaused } = status
  if (run.state === 'cancelled') return 'cancelled'
  if (isPaused) return 'paused'
  if (run.state === 'submitting') return 'being submitted'
  if (!isOver(status)) return 'open'
  return run.reportedAt === undefined ? 'done, to be reported' : 'reported'
}

function exportedText({ instances, frames, bytes }: RunStatus): string {
  return `${formatCount(instances, 'instance')}, ${formatCount(frames, 'frame')}, ${formatBytes(bytes)}`
}

function rateText({ imageSetsPerSecond, framesPerSecond, bytesPerSecond }: RunStatus): string {
  return [
    ...(imageSetsPerSecond === undefined ? [] : [`${imageSetsPerSecond.toFixed(1)} image sets/s`]),
    ...(framesPerSecond === undefined ? [] : [`${framesPerSecond.toFixed(1)} frames/s`]),
    ...(bytesPerSecond === undefined ? [] : [`${formatBytes(bytesPerSecond)}/s`]),
  ].join(', ')
}

/** Returns the time since `since`, at least 0 because the clocks of machines differ. */
function ageText(since: Date, now: Date): string {
  return formatSeconds(Math.max(0, (now.getTime() - since.getTime()) / 1000))
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

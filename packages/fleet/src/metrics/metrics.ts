import { countJobs, type JobCounts } from '../control/status.ts'
import type { FleetContext } from '../fleet-context.ts'
import type { SharedPace } from '../pace/shared-pace.ts'
import { readRunCounts } from '../run/run-counts.ts'
import type { WorkerState } from '../worker-state/worker-state.ts'
import { metricText, type Metric } from './metric-text.ts'

/**
 * Returns BullMQ's metrics of each run's queue and the fleet's own metrics, in the Prometheus text format. Each metric is
 * described once, as the format requires.
 */
export async function fleetMetrics(
  context: FleetContext,
  paces: ReadonlyMap<string, Pick<SharedPace, 'rates'>>,
): Promise<string> {
  const { runs } = await context.runs.list()
  const workers = await context.workers.list()
  const texts: string[] = []
  const done: Metric[] = []
  for (const { id, state } of runs) {
    const labels = { run: id }
    texts.push(await context.queue(id).exportPrometheusMetrics({ run_state: state }))
    const { instances, frames, bytes } = await readRunCounts(context.redis.client, context.keys, id)
    const open = openJobs(await countJobs(context.queue(id)))
    done.push(
      { name: 'ahi_dicom_fleet_open_jobs', type: 'gauge', help: helps.open, labels: { ...labels, state }, value: open },
      { name: 'ahi_dicom_fleet_instances_total', type: 'counter', help: helps.instances, labels, value: instances },
      { name: 'ahi_dicom_fleet_frames_total', type: 'counter', help: helps.frames, labels, value: frames },
      { name: 'ahi_dicom_fleet_bytes_total', type: 'counter', help: helps.bytes, labels, value: bytes },
    )
  }
  const now = Date.now()
  const living = workers.flatMap((worker) => metricsOf(worker, now))
  const count: Metric = {
    name: 'ahi_dicom_fleet_workers',
    type: 'gauge',
    help: 'Live workers',
    labels: {},
    value: workers.length,
  }
  const shares = Array.from(paces, ([worker, pace]) => sharesOf(worker, pace.rates())).flat()
  return `${describedOnce(texts)}${metricText([count, ...living, ...shares, ...done])}`
}

function metricsOf({ name, active, startedAt, seenAt, framesPerSecond }: WorkerState, now: number): Metric[] {
  const gauge = { type: 'gauge', labels: { worker: name } } as const
  return [
    { ...gauge, name: 'ahi_dicom_fleet_worker_active_jobs', help: helps.active, value: active },
    { ...gauge, name: 'ahi_dicom_fleet_worker_frames_per_second', help: helps.rate, value: framesPerSecond },
    { ...gauge, name: 'ahi_dicom_fleet_worker_age_seconds', help: helps.age, value: secondsSince(startedAt, now) },
    { ...gauge, name: 'ahi_dicom_fleet_worker_silent_seconds', help: helps.silent, value: secondsSince(seenAt, now) },
  ]
}

/** Returns 0 for a time in the future: the clocks of the machines differ. */
function secondsSince(date: Date, now: number): number {
  return Math.max(0, now - date.getTime()) / 1000
}

function sharesOf(worker: string, rates: ReturnType<SharedPace['rates']>): Metric[] {
  return Object.entries(rates).map(([operation, value]) => ({
    name: 'ahi_dicom_fleet_share_per_second',
    type: 'gauge',
    help: helps.share,
    labels: { worker, operation },
    value,
  }))
}

const helps = {
  open: 'Jobs that are waiting, active or delayed',
  instances: 'Instances of completed jobs',
  frames: 'Frames of completed jobs',
  bytes: 'Bytes of the files of completed jobs',
  share: 'Requests per second that the worker may send',
  active: 'Jobs that the worker is doing',
  rate: 'Frames that the worker exports per second',
  age: 'Seconds since the worker started',
  silent: 'Seconds since the worker was last seen',
}

function openJobs({ waiting, active, delayed }: JobCounts): number {
  return waiting + active + delayed
}

/**
 * Merges texts that contain the same metrics. Prometheus refuses a text that describes a metric twice or does not keep its
 * samples together.
 */
function describedOnce(texts: readonly string[]): string {
  const byMetric = new Map<string, { comments: Set<string>; samples: string[] }>()
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const name = /^# (?:HELP|TYPE) (\S+)/.exec(line)?.[1] ?? /^[^\s{]+/.exec(line)?.[0]
    if (name === undefined) continue
    const metric = byMetric.get(name) ?? { comments: new Set(), samples: [] }
    byMetric.set(name, metric)
    if (line.startsWith('#')) metric.comments.add(line)
    else metric.samples.push(line)
  }
  const lines = [...byMetric.values()].flatMap(({ comments, samples }) => [...comments, ...samples])
  return lines.map((line) => `${line}\n`).join('')
}

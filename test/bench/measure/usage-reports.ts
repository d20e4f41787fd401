/** CPU seconds by kind of thread. */
export interface ThreadUsage {
  readonly main: number
  /** Threads of JavaScript besides the main one. */
  readonly workers: number
  /** V8's own threads: garbage collection, compilation. */
  readonly v8: number
  /** libuv's pool: file system, DNS, compression. */
  readonly libuv: number
  /** The rest, and threads that ended unseen. */
  readonly other: number
}

/** The time and memory that a process reports for itself. */
export interface ReportedUsage {
  /** User and system time of all its threads. */
  readonly cpuSeconds: number
  readonly peakMegabytes: number
  /** CPU seconds of its work alone; 0 where the process does not meter it. */
  readonly workCpuSeconds: number
  /** Absent if the machine does not tell, as only Linux does. */
  readonly threads: ThreadUsage | undefined
}

interface Thread {
  readonly id: string
  readonly name: string
  readonly cpuSeconds: number
}

interface Report {
  readonly cpuSeconds?: number
  readonly peakMegabytes?: number
  readonly workCpuSeconds?: number
  readonly workerThread?: string
  readonly threads?: readonly Thread[]
}

/** Joins the lines that `report-usage.mjs` and `work-meter.ts` wrote in the process of this id. */
export function joinReports(text: string, processId: number): ReportedUsage {
  const reports = text.trim().split('\n').map(parseReport)
  const workerIds = new Set(reports.flatMap(({ workerThread }) => workerThread ?? []))
  /** A later report of a thread replaces the earlier one. */
  const threads = new Map(reports.flatMap((report) => report.threads ?? []).map((thread) => [thread.id, thread]))
  const joined: Report = Object.assign({}, ...reports)
  const { cpuSeconds = 0, peakMegabytes = 0, workCpuSeconds = 0 } = joined
  if (threads.size === 0) return { cpuSeconds, peakMegabytes, workCpuSeconds, threads: undefined }
  const seconds = { main: 0, workers: 0, v8: 0, libuv: 0 }
  for (const thread of threads.values()) {
    const kind = kindOf(thread, { processId, workerIds })
    if (kind !== undefined) seconds[kind] += thread.cpuSeconds
  }
  const named = seconds.main + seconds.workers + seconds.v8 + seconds.libuv
  const threadUsage = { ...seconds, other: Math.max(0, cpuSeconds - named) }
  return { cpuSeconds, peakMegabytes, workCpuSeconds, threads: threadUsage }
}

function parseReport(line: string): Report {
  return JSON.parse(line)
}

function kindOf(
  { id, name }: Thread,
  { processId, workerIds }: { readonly processId: number; readonly workerIds: ReadonlySet<string> },
): Exclude<keyof ThreadUsage, 'other'> | undefined {
  if (id === String(processId)) return 'main'
  if (workerIds.has(id)) return 'workers'
  if (name.startsWith('V8')) return 'v8'
  return name.startsWith('libuv') ? 'libuv' : undefined
}

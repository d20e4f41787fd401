import type { ThreadUsage } from '../measure/usage-reports.ts'
import { median, type Results } from '../measure/results.ts'
import { markdownTable, number } from './table.ts'

const kinds = ['main', 'workers', 'v8', 'libuv', 'other'] as const satisfies readonly (keyof ThreadUsage)[]

/** CPU of each kind of thread, by frame or instance. */
export function threadsTable({ runs }: Results): string {
  return markdownTable(
    ['export', 'main', 'worker threads', "V8's threads", "libuv's pool", 'other'],
    [...runs.values()].map(({ name, usages }) => {
      const threads = usages.flatMap((usage) => usage.threads ?? [])
      return [
        name.title,
        ...kinds.map((kind) => number((median(threads.map((usage) => usage[kind])) / name.items) * 1000)),
      ]
    }),
  )
}

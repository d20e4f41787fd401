import { median, type Results } from '../measure/results.ts'
import type { Usage } from '../measure/measure-command.ts'
import { markdownTable, number } from './table.ts'

/** Wall time, CPU time and memory of every command. */
export function runsTable({ runs }: Results): string {
  return markdownTable(
    ['export', 'wall, s', 'items a second', 'CPU, s', 'peak memory, MB'],
    [...runs.values()].map(({ name, usages }) => {
      const middle = (value: (usage: Usage) => number): number => median(usages.map(value))
      return [
        name.title,
        number(middle(({ wallSeconds }) => wallSeconds)),
        number(name.items / middle(({ wallSeconds }) => wallSeconds)),
        number(middle(({ cpuSeconds }) => cpuSeconds)),
        number(middle(({ peakMegabytes }) => peakMegabytes)),
      ]
    }),
  )
}

/** CPU time of the bare programs. */
export function floorsTable({ floors }: Results): string {
  const rows = [...floors].map(([title, values]) => [title, number(median(values))])
  return markdownTable(['1,000 CT slices', 'CPU, s = ms a frame'], rows)
}

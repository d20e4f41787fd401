import { median, type FigureName, type Results } from '../measure/results.ts'
import { markdownTable, number } from './table.ts'

/** The figures with their aims. */
export function figuresTable(results: Results): string {
  const figures = [...results.figures.values(), ...peakMemory(results)]
  return markdownTable(
    ['figure', 'median', 'lowest', 'highest', 'aim', 'reached'],
    figures.map(({ name, values }) => {
      const middle = median(values)
      return [
        name.title,
        `${number(middle)} ${name.unit}`,
        number(Math.min(...values)),
        number(Math.max(...values)),
        aimText(name),
        reachedText(name, middle),
      ]
    }),
  )
}

/** The largest of all runs, in each round. */
function peakMemory({ runs }: Results): readonly { readonly name: FigureName; readonly values: readonly number[] }[] {
  const mostLanes = 2
  const measured = [...runs.values()].filter(({ name }) => name.lanes <= mostLanes)
  const rounds = Math.max(0, ...measured.map(({ usages }) => usages.length))
  if (rounds === 0) return []
  const values = Array.from({ length: rounds }, (_, round) =>
    Math.max(...measured.map(({ usages }) => usages[round]?.peakMegabytes ?? 0)),
  )
  return [{ name: { title: 'peak memory, any run of at most 2 lanes', unit: 'MB', aim: { atMost: 250 } }, values }]
}

function aimText({ aim, unit }: FigureName): string {
  if (aim === undefined) return ''
  return 'atMost' in aim ? `at most ${aim.atMost} ${unit}` : `at least ${aim.atLeast} ${unit}`
}

function reachedText({ aim }: FigureName, value: number): string {
  if (aim === undefined) return ''
  return ('atMost' in aim ? value <= aim.atMost : value >= aim.atLeast) ? 'yes' : 'no'
}

import type { Arrangement } from './arrange-group.ts'

/**
 * Returns a name for each volume of a series, made from its differences to the others. Equal names are counted. Names
 * are parts of file names: they have letters, digits, `-`, `_` and single dots, and differ in more than the case of
 * letters.
 */
export function volumeNames(arrangements: readonly Pick<Arrangement, 'labels'>[]): readonly string[] {
  const plain = arrangements.map(({ labels }) => labels.map(safeLabel).join('_'))
  const byKey = Map.groupBy(plain, (name) => name.toLowerCase())
  const taken = new Set(byKey.keys())
  return plain.map((name) => {
    if (byKey.get(name.toLowerCase())?.length === 1) return name
    const counted = firstFree(name, taken)
    taken.add(counted.toLowerCase())
    return counted
  })
}

function firstFree(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const counted = name === '' ? `volume-${count}` : `${name}_${count}`
    if (!taken.has(counted.toLowerCase())) return counted
  }
}

const longestLabel = 64

function safeLabel(label: string): string {
  const safe = label.slice(0, longestLabel).replace(/[^A-Za-z0-9.-]+/g, '-')
  return safe.replace(/\.{2,}/g, '.').replace(/^\.|\.$/g, '')
}

import { openTemporaryDatabase, writeTemporary } from '@ahi-dicom/export-files'

/** Texts under keys, given back in the order of the keys. Those of one key are in the order of the texts. */
export interface SortedTexts extends Disposable {
  add(key: string, text: string): void
  texts(): Iterable<readonly [key: string, text: string]>
}

/** Makes an empty collection. It is in a temporary database, and in memory where the runtime has none. */
export function createSortedTexts(): SortedTexts {
  return inDatabase() ?? inMemory()
}

function inDatabase(): SortedTexts | undefined {
  const database = openTemporaryDatabase({ schema: 'CREATE TABLE sorted (key TEXT, value TEXT)' })
  if (database === undefined) return undefined
  const insert = database.prepare('INSERT INTO sorted VALUES (?, ?)')
  const select = database.prepare('SELECT key, value FROM sorted ORDER BY key, value')
  return {
    add: (key, text) => void writeTemporary(() => insert.run(key, text)),
    *texts() {
      for (const { key, value } of select.iterate()) yield [String(key), String(value)]
    },
    [Symbol.dispose]: () => database.close(),
  }
}

/** SQLite compares texts by their UTF-8 bytes. */
function inMemory(): SortedTexts {
  const texts: (readonly [string, string])[] = []
  return {
    add: (key, text) => void texts.push([key, text]),
    texts: () => texts.toSorted(([a, first], [b, second]) => compare(a, b) || compare(first, second)),
    [Symbol.dispose]() {},
  }
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

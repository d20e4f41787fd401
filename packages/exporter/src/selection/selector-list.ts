import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { openTemporaryDatabase, writeTemporary } from '@ahi-dicom/export-files'
import { isSearchableUid } from './searchable-uid.ts'
import type { ImageSetSelector, Selector, StudySelector } from './selector.ts'

/** The properties of an image set that was selected by its id. */
export interface NamedImageSet {
  readonly imageSetId: string
  readonly versionId: string
  /** True if a selector names the version. */
  readonly isVersionNamed: boolean
  readonly isPrimary: boolean
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
  readonly storageTier: string | undefined
}

/** An image set named by a selector, before its properties are requested. */
export interface ListedImageSet extends ImageSetSelector {
  /** The row number of its selector. */
  readonly place: number
}

/**
 * Selectors in processing order: without duplicates, grouped by study. They are stored in a
 * temporary database with little in memory, because lists may have millions of lines.
 */
export interface SelectorList extends Disposable {
  add(selector: Selector): void
  /** Yields the studies that AHI's search accepts. */
  studies(): Iterable<string>
  /** Yields the studies that need a search through the whole data store. */
  unsearchableStudies(): Iterable<string>
  /** Notes that AHI's search refused the UID of a study. */
  setUnsearchable(studyInstanceUid: string): void
  selectorsOf(studyInstanceUid: string): readonly StudySelector[]
  /** Removes the selector of an image set. Returns true if it is still on the list. */
  take(selector: ImageSetSelector): boolean
  /** Yields the image sets that are still on the list and not settled. */
  listed(): Iterable<ListedImageSet>
  settle(listed: ListedImageSet, imageSet: NamedImageSet): void
  /** Yields the settled image sets: primary ones first, then newer ones. */
  settled(): Iterable<NamedImageSet>
}

/** The number of rows to read at a time. The table may change between two reads. */
const pageRows = 256

/** Creates an empty list. */
export function createSelectorList(): SelectorList {
  const database = openTemporaryDatabase({ schema })
  if (database === undefined) throw new Error('Cannot keep selectors: this runtime has no node:sqlite; use Node.js')
  const insertStudy = database.prepare(
    'INSERT OR IGNORE INTO wanted (study, series, instance, searchable) VALUES (?, ?, ?, ?)',
  )
  const insertImageSet = database.prepare('INSERT OR IGNORE INTO image_sets (id, version) VALUES (?, ?)')
  const ofStudy = database.prepare('SELECT series, instance FROM wanted WHERE study = ? ORDER BY place')
  const take = database.prepare(
    "UPDATE image_sets SET state = 'taken' WHERE id = ? AND version = ? AND state = 'listed'",
  )
  const setUnsearchable = database.prepare('UPDATE wanted SET searchable = 0 WHERE study = ?')
  const settle = database.prepare(
    "UPDATE image_sets SET state = 'settled', settled = ?, is_primary = ?, created = ?, updated = ?, tier = ? WHERE place = ?",
  )

  return {
    add(selector) {
      if ('imageSetId' in selector) {
        writeTemporary(() => insertImageSet.run(selector.imageSetId, selector.versionId ?? ''))
        return
      }
      const { studyInstanceUid, seriesInstanceUid = '', sopInstanceUid = '' } = selector
      const isSearchable = Number(isSearchableUid(studyInstanceUid))
      writeTemporary(() => insertStudy.run(studyInstanceUid, seriesInstanceUid, sopInstanceUid, isSearchable))
    },
    studies: () => studiesOf(database, 1),
    unsearchableStudies: () => studiesOf(database, 0),
    setUnsearchable: (studyInstanceUid) => void writeTemporary(() => setUnsearchable.run(studyInstanceUid)),
    selectorsOf: (studyInstanceUid) =>
      ofStudy.all(studyInstanceUid).map((row) => ({
        studyInstanceUid,
        seriesInstanceUid: textOf(row['series']),
        sopInstanceUid: textOf(row['instance']),
      })),
    take: ({ imageSetId, versionId = '' }) => writeTemporary(() => take.run(imageSetId, versionId)) === 1,
    listed: () => listedImageSets(database),
    settle({ place }, { versionId, isPrimary, createdAt, updatedAt, storageTier = null }) {
      const times = [createdAt, updatedAt].map((time) => time?.getTime() ?? null)
      writeTemporary(() => settle.run(versionId, Number(isPrimary), ...times, storageTier, place))
    },
    settled: () => settledImageSets(database),
    [Symbol.dispose]: () => database.close(),
  }
}

const schema = `
  CREATE TABLE wanted (
    place INTEGER PRIMARY KEY, study TEXT NOT NULL, series TEXT NOT NULL, instance TEXT NOT NULL,
    searchable INTEGER NOT NULL, UNIQUE (study, series, instance)
  );
  CREATE TABLE image_sets (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'listed',
    settled TEXT, is_primary INTEGER, created INTEGER, updated INTEGER, tier TEXT, UNIQUE (id, version)
  )`

function* studiesOf(database: DatabaseSync, searchable: number): Generator<string, void, undefined> {
  const select = database.prepare(
    'SELECT place, study FROM wanted WHERE place > ? AND searchable = ? ORDER BY place LIMIT ?',
  )
  const isFirst = database.prepare('SELECT 1 FROM wanted WHERE study = ? AND place < ? LIMIT 1')
  for (const { place, study } of paged((after) => select.all(after, searchable, pageRows))) {
    if (isFirst.get(String(study), Number(place)) === undefined) yield String(study)
  }
}

function* listedImageSets(database: DatabaseSync): Generator<ListedImageSet, void, undefined> {
  const select = database.prepare(
    "SELECT place, id, version FROM image_sets WHERE place > ? AND state = 'listed' ORDER BY place LIMIT ?",
  )
  for (const { place, id, version } of paged((after) => select.all(after, pageRows))) {
    yield { place: Number(place), imageSetId: String(id), versionId: textOf(version) }
  }
}

function* settledImageSets(database: DatabaseSync): Generator<NamedImageSet, void, undefined> {
  const select = database.prepare(
    `SELECT id, version, settled, is_primary, created, updated, tier FROM image_sets WHERE state = 'settled'
     ORDER BY is_primary DESC, updated DESC, CAST(settled AS INTEGER) DESC, id, version DESC`,
  )
  let last = ''
  for (const row of select.iterate()) {
    const [imageSetId, versionId] = [String(row['id']), String(row['settled'])]
    // The named version may be the latest one, which may be named as well.
    const isRepeated = last === `${imageSetId}/${versionId}`
    last = `${imageSetId}/${versionId}`
    if (isRepeated) continue
    yield {
      imageSetId,
      versionId,
      isVersionNamed: row['version'] !== '',
      isPrimary: row['is_primary'] === 1,
      createdAt: dateOf(row['created']),
      updatedAt: dateOf(row['updated']),
      storageTier: textOf(row['tier']),
    }
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>

function* paged(read: (after: number) => readonly Row[]): Generator<Row, void, undefined> {
  let after = 0
  for (let rows = read(after); rows.length > 0; rows = read(after)) {
    after = Number(rows.at(-1)?.['place'])
    yield* rows
  }
}

function textOf(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function dateOf(value: SQLOutputValue | undefined): Date | undefined {
  return value === null || value === undefined ? undefined : new Date(Number(value))
}

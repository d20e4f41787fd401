import { openTemporaryDatabase, writeTemporary, type FileOfExport } from '@ahi-dicom/export-files'

/** The members of a file that the page needs. */
export interface SeriesFile extends Pick<
  FileOfExport,
  'path' | 'shownPath' | 'format' | 'bytes' | 'sha256' | 'frames'
> {
  /** Empty for files of a whole series, like the UIDs below. */
  readonly sopInstanceUid: string
  readonly sopClassUid: string
  readonly transferSyntaxUid: string
  readonly frame: number | undefined
  readonly checksum: string
}

/** A series of an export. */
export interface SeriesOfExport {
  readonly study: string
  readonly series: string
  readonly instances: number
  readonly files: number
  /** Bytes of the files. */
  readonly bytes: number
}

/** Groups the files of an export by series. A record lists them in the order of writing. */
export interface SeriesFiles extends Disposable {
  add(file: FileOfExport): void
  /** Yields the series by study. Called once all files are added. */
  series(): Iterable<SeriesOfExport>
  /** Yields the files of a series: instances in the order of the record, and the files of each instance together. */
  filesOf(series: Pick<SeriesOfExport, 'study' | 'series'>): Iterable<SeriesFile>
}

/** The column `sop` of files of a whole series. */
const noInstance = encoded('')
const schema = `
  CREATE TABLE file (study TEXT, series TEXT, sop TEXT, instances INTEGER, bytes INTEGER, line TEXT NOT NULL);
  CREATE INDEX of_series ON file (study, series)`

/** Returns an empty list of files in a temporary database, or in memory if the runtime has no database. */
export function createSeriesFiles(): SeriesFiles {
  const database = openTemporaryDatabase({ schema })
  if (database === undefined) return createSeriesFilesInMemory()
  const insert = database.prepare('INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)')
  const all = database.prepare(`
    SELECT study, series,
      MAX(COUNT(DISTINCT NULLIF(sop, '${noInstance}')), MAX(instances)) AS instances, COUNT(*) AS files, SUM(bytes) AS bytes
    FROM file GROUP BY study, series ORDER BY study, series`)
  const ofSeries = database.prepare(`
    SELECT line, rowid AS place, MIN(rowid) OVER (PARTITION BY sop) AS first
    FROM file WHERE study = ? AND series = ? ORDER BY first, place`)
  return {
    add(file) {
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid = '', bytes } = file
      const line = JSON.stringify(seriesFile(file))
      const uids = [studyInstanceUid, seriesInstanceUid, sopInstanceUid].map(encoded)
      const [study = '', series = '', sop = ''] = uids
      writeTemporary(() => insert.run(study, series, sop, instancesOf(file), bytes, line))
    },
    *series() {
      for (const { study, series, instances, files, bytes } of all.iterate()) {
        yield {
          study: decoded(study),
          series: decoded(series),
          instances: Number(instances),
          files: Number(files),
          bytes: Number(bytes),
        }
      }
    },
    *filesOf({ study, series }) {
      for (const { line } of ofSeries.iterate(encoded(study), encoded(series))) yield JSON.parse(String(line))
    },
    [Symbol.dispose]: () => database.close(),
  }
}

/** Encodes a text for SQLite, which ends texts at a zero character and cannot store lone surrogates. */
function encoded(text: string): string {
  return JSON.stringify(text)
}

function decoded(text: unknown): string {
  return String(JSON.parse(String(text)))
}

function createSeriesFilesInMemory(): SeriesFiles {
  const files: FileOfExport[] = []
  let bySeries: Map<string, FileOfExport[]> | undefined
  const grouped = (): Map<string, FileOfExport[]> =>
    (bySeries ??= Map.groupBy(files, (file) => keyOf(file.studyInstanceUid, file.seriesInstanceUid)))
  return {
    add: (file) => void files.push(file),
    *series() {
      for (const [, own] of [...grouped()].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
        const [first] = own
        if (first === undefined) continue
        yield {
          study: first.studyInstanceUid,
          series: first.seriesInstanceUid,
          instances: Math.max(
            new Set(own.flatMap(({ sopInstanceUid }) => sopInstanceUid ?? [])).size,
            ...own.map(instancesOf),
          ),
          files: own.length,
          bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
        }
      }
    },
    *filesOf({ study, series }) {
      const own = grouped().get(keyOf(study, series)) ?? []
      for (const [, ofInstance] of Map.groupBy(own, ({ sopInstanceUid }) => sopInstanceUid)) {
        yield* ofInstance.map(seriesFile)
      }
    },
    [Symbol.dispose]: () => {},
  }
}

/** Returns the number of instances in a file. */
function instancesOf(file: FileOfExport): number {
  return file.scope === 'series' ? file.instances : 1
}

function keyOf(study: string, series: string): string {
  return JSON.stringify([study, series])
}

const ofWholeSeries = { sopInstanceUid: '', sopClassUid: '', transferSyntaxUid: '', frame: undefined }

function seriesFile(file: FileOfExport): SeriesFile {
  const { path, shownPath, format, bytes, sha256, frames } = file
  const { sopInstanceUid, sopClassUid, transferSyntaxUid, frame } = file.scope === 'series' ? ofWholeSeries : file
  const checksum = file.checksum ?? 'unknown'
  return {
    sopInstanceUid,
    sopClassUid,
    transferSyntaxUid,
    path,
    shownPath,
    format,
    bytes,
    sha256,
    frames,
    frame,
    checksum,
  }
}

/** A name of an attribute or a fact, and its value. */
export type LabelledText = readonly [label: string, value: string]

/** A series, as the page reads it on loading. */
export interface SeriesData {
  readonly study: string
  readonly series: string
  readonly modality: string
  /** The series description. Empty without patient data. */
  readonly description: string
  readonly instances: number
  readonly files: number
  /** Bytes of the files. */
  readonly bytes: number
  /** Failures of `errors.ndjson` that name the series. */
  readonly failures: number
  readonly ofStudy: readonly LabelledText[]
  readonly ofSeries: readonly LabelledText[]
  /** A `data:` URL. Empty if the series has no thumbnail. */
  readonly thumbnail: string
}

/** A file in the data of the page. */
export type FileData = readonly [
  /** The path, percent-encoded relative to the page; empty if there is no link. */
  link: string,
  /** The path as the page shows it. */
  path: string,
  format: string,
  bytes: number,
  sha256: string,
  /** Counted from 0; -1 if the file is not about one frame. */
  frame: number,
]

/** An instance, as the page reads it when its series is opened. Files of a whole series are listed like an instance. */
export type InstanceData = readonly [
  sopInstanceUid: string,
  frames: number,
  checksum: string,
  files: readonly FileData[],
]

/** A failure or a warning: its code, its message, and the items that it concerns. */
export type EntryData = readonly [code: string, message: string, about: readonly LabelledText[]]

/** Facts about the whole export. */
export interface ExportData {
  readonly facts: readonly LabelledText[]
  /** Notes for the reader about the page itself. */
  readonly notes: readonly string[]
}

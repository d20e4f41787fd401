/** A file that an import left out. */
export interface RejectedFile {
  /** Its path, or `#3` for the third of given bytes. */
  readonly file: string
  readonly reason: string
}

/** Something of an imported file that is not as it was. */
export interface ImportWarning {
  readonly file: string
  readonly message: string
  /** The service's number of it, where it has one. */
  readonly code?: number | undefined
  /** The service's name of it, such as `TranscodingException`. */
  readonly type?: string | undefined
}

/** An image set that an import made or changed. */
export interface ImportedImageSet {
  readonly imageSetId: string
  readonly versionId: string
  readonly isPrimary: boolean
}

/** What an import did. */
export interface ImportReport {
  /** Files that were imported. */
  readonly imported: number
  readonly imageSets: readonly ImportedImageSet[]
  readonly rejected: readonly RejectedFile[]
  readonly warnings: readonly ImportWarning[]
}

/** A file that became part of an image set. */
export interface ImportedFile {
  readonly file: string
  readonly imageSet: ImportedImageSet
}

/** What an import did, file by file. */
export interface FilesReport extends Omit<ImportReport, 'imported' | 'rejected'> {
  readonly imported: readonly ImportedFile[]
  readonly rejected: readonly (RejectedFile & { readonly isDicom: boolean })[]
}

/** A file that was not imported. */
export interface RejectedFile {
  /** Path of the file, or its number in the input, such as `#3`, if it was given as bytes. */
  readonly file: string
  readonly reason: string
}

/** A change or loss in an imported file. */
export interface ImportWarning {
  readonly file: string
  readonly message: string
  /** The service's code for the warning, if it has one. */
  readonly code?: number | undefined
  /** The service's name for the warning, such as `TranscodingException`. */
  readonly type?: string | undefined
}

/** An image set that an import created or changed. */
export interface ImportedImageSet {
  readonly imageSetId: string
  readonly versionId: string
  readonly isPrimary: boolean
}

/** The result of an import. */
export interface ImportReport {
  /** Number of imported files. */
  readonly imported: number
  readonly imageSets: readonly ImportedImageSet[]
  readonly rejected: readonly RejectedFile[]
  readonly warnings: readonly ImportWarning[]
}

/** An imported file and its image set. */
export interface ImportedFile {
  readonly file: string
  readonly imageSet: ImportedImageSet
}

/** The result of an import by file. */
export interface FilesReport extends Omit<ImportReport, 'imported' | 'rejected'> {
  readonly imported: readonly ImportedFile[]
  readonly rejected: readonly (RejectedFile & { readonly isDicom: boolean })[]
}

/** A file cannot be read as DICOM. An import reports it as the reason of a rejected file and goes on. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError'
  /** `NOT_DICOM` where nothing says that the file is meant to be DICOM. */
  readonly code: 'UNREADABLE_FILE' | 'NOT_DICOM'

  constructor(reason: string, options: ErrorOptions & { readonly code?: 'UNREADABLE_FILE' | 'NOT_DICOM' } = {}) {
    super(reason, options)
    this.code = options.code ?? 'UNREADABLE_FILE'
  }
}

/** Thrown if a file cannot be read as DICOM. The message says why and where. Get the file again, or leave it out. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError'
  /** `NOT_DICOM` if the file does not look like DICOM at all. */
  readonly code: 'UNREADABLE_FILE' | 'NOT_DICOM'

  constructor(reason: string, options: ErrorOptions & { readonly code?: 'UNREADABLE_FILE' | 'NOT_DICOM' } = {}) {
    super(reason, options)
    this.code = options.code ?? 'UNREADABLE_FILE'
  }
}

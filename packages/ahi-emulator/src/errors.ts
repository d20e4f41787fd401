/**
 * What the emulator's own functions throw. What its HTTP API answers is in `operation/service-error.ts`.
 * @module
 */

/** Nothing at the given paths is a DICOM file. Check the paths; `rejected` of a partial import names single files. */
export class NothingToImportError extends Error {
  override readonly name = 'NothingToImportError'
  readonly code = 'NOTHING_TO_IMPORT'
  readonly paths: readonly string[]

  constructor(paths: readonly string[], why: string, options?: ErrorOptions) {
    super(`Cannot import ${paths.join(', ')}: ${why}; name folders or files that hold DICOM Part 10 files`, options)
    this.paths = paths
  }
}

/** Another process has the data folder open, or it is no folder of an emulator. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
  readonly code: 'DATA_FOLDER_IN_USE' | 'DATA_FOLDER_UNUSABLE'
  readonly folder: string

  constructor(
    folder: string,
    why: string,
    options: ErrorOptions & { readonly code?: 'DATA_FOLDER_IN_USE' | 'DATA_FOLDER_UNUSABLE' } = {},
  ) {
    super(`Cannot open the data folder ${folder}: ${why}`, options)
    this.folder = folder
    this.code = options.code ?? 'DATA_FOLDER_UNUSABLE'
  }
}

/** The data store named in the options does not exist in this folder. */
export class UnknownDatastoreError extends Error {
  override readonly name = 'UnknownDatastoreError'
  readonly code = 'UNKNOWN_DATASTORE'
  readonly datastoreId: string

  constructor(datastoreId: string) {
    super(`Cannot import into data store ${datastoreId}: there is none of that id; make one with createDatastore()`)
    this.datastoreId = datastoreId
  }
}

/** Rules of faults say something that cannot be. The message names the member; nothing was changed. */
export class FaultRulesError extends Error {
  override readonly name = 'FaultRulesError'
  readonly code = 'FAULT_RULES_INVALID'
  /** The file that they are in. */
  readonly path: string | undefined
  /** The reason alone, without the words around it in `message`. */
  readonly reason: string

  constructor(reason: string, { path, ...options }: ErrorOptions & { readonly path?: string } = {}) {
    super(`Cannot use the fault rules${path === undefined ? '' : ` of ${path}`}: ${reason}`, options)
    this.path = path
    this.reason = reason
  }
}

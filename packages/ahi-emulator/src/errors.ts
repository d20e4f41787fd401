/**
 * Errors that the emulator's functions throw. The errors of its HTTP API are in `operation/service-error.ts`.
 * @module
 */

/**
 * No file at the given paths is DICOM. Check the paths. If only some files cannot be imported, `rejected` of the report
 * names them.
 */
export class NothingToImportError extends Error {
  override readonly name = 'NothingToImportError'
  readonly code = 'NOTHING_TO_IMPORT'
  readonly paths: readonly string[]

  constructor(paths: readonly string[], why: string, options?: ErrorOptions) {
    super(`Cannot import ${paths.join(', ')}: ${why}. Give files or folders that contain DICOM Part 10 files`, options)
    this.paths = paths
  }
}

/** Another process has the data folder open, or the folder was not created by an emulator. */
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
    super(`Cannot import into data store ${datastoreId}: it does not exist. Create one with createDatastore()`)
    this.datastoreId = datastoreId
  }
}

/** Fault rules are invalid. The message names the member. The rules in use stay unchanged. */
export class FaultRulesError extends Error {
  override readonly name = 'FaultRulesError'
  readonly code = 'FAULT_RULES_INVALID'
  /** The file that contains the rules. */
  readonly path: string | undefined
  /** The reason alone, without the rest of `message`. */
  readonly reason: string

  constructor(reason: string, { path, ...options }: ErrorOptions & { readonly path?: string } = {}) {
    super(`Cannot use the fault rules${path === undefined ? '' : ` in ${path}`}: ${reason}`, options)
    this.path = path
    this.reason = reason
  }
}

/**
 * Errors of export jobs. What fails inside a job is reported to its sink; these are thrown to the caller.
 * @module
 */

/** Thrown for a text that is no selector. Write one of the two forms that the message shows. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError'
  readonly code = 'SELECTOR_MALFORMED'
  /** The text as it was given. */
  readonly selector: string

  constructor(selector: string, why: string) {
    super(
      `Cannot select '${selector}': ${why}; a selector is an image set id (32 characters of 0-9 and a-z) or ` +
        'StudyInstanceUID[/SeriesInstanceUID[/SOPInstanceUID]]',
    )
    this.selector = selector
  }
}

/** Thrown by an exporter that was closed, also for what was still under way. Create a new one. */
export class ExporterClosedError extends Error {
  override readonly name = 'ExporterClosedError'
  readonly code = 'EXPORTER_CLOSED'

  constructor() {
    super('Cannot use the exporter: it is closed; create a new one')
  }
}

/** Reported, or thrown by a load, where nothing in the data store is what a selector names. Check its identifiers. */
export class NothingSelectedError extends Error {
  override readonly name = 'NothingSelectedError'
  readonly code = 'NOTHING_SELECTED'
  readonly datastoreId: string
  /** As parseSelector reads it. */
  readonly selector: string

  constructor(datastoreId: string, selector: string, options: { readonly nonPrimary: number }) {
    const why =
      options.nonPrimary === 0
        ? 'no instance is there; check the identifiers'
        : `only image sets that are not primary have it (${options.nonPrimary}); include those, or select one by its id`
    super(`Cannot find '${selector}' in data store ${datastoreId}: ${why}`)
    this.datastoreId = datastoreId
    this.selector = selector
  }
}

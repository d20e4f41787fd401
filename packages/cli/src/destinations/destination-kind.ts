import type { Option } from 'commander'
import type { Destination, VerifyOptions } from '@ahi-dicom/export-files'
import type { CommandContext } from '../command-context.ts'

/** A kind of destination, such as folders or buckets. `Options` are the options that it reads. */
export interface DestinationKind<Place, Options> {
  /** Name in messages, such as `a folder`. */
  readonly name: string
  /** Form in help and messages, such as `s3://BUCKET/PREFIX`. */
  readonly form: string
  /** Returns the place that a text names, or undefined if the text is another kind. Throws a `UsageError` if it is malformed. */
  readonly parse: (text: string) => Place | undefined
  /** Returns its options. An option that kinds share is returned by each of them. */
  readonly options?: () => readonly Option[]
  /**
   * Returns a name of the place that is the same on all machines. Only kinds that several processes can write to at the same
   * time, each with its own record, have this function.
   */
  readonly shared?: (place: Place) => string
  /** Opens the destination. Loads its packages here, so that help and other kinds start fast. */
  readonly open: (place: Place, options: Options, context: CommandContext) => Promise<OpenOutput>
}

/** A destination, and what messages and commands need to know about it. */
export interface OpenOutput {
  readonly destination: Destination
  /**
   * Returns the name of a file of the record for messages, or undefined if the file was not written. Absent if the record is
   * not kept. Failures and warnings are then logged.
   */
  readonly recordFile?: ((name: string) => string | undefined) | undefined
  /** Path of the folder with the files, for destinations that are local folders. */
  readonly directory?: string
  /** Message about an export that ended early or selected nothing, for destinations that then keep neither files nor record. */
  readonly leftUnfinished?: string
  /** True if files go to standard output. The summary then goes to standard error. */
  readonly isStandardOutput?: boolean
  /** Opens a digester that reads files back faster than the destination does. */
  readonly openDigester?: () => Digester
  /** Opens a digester that gets the checksums that the destination keeps, without reading files. */
  readonly openFastDigester?: () => Digester
}

/** Computes or gets the digests of written files, `concurrency` at a time. */
interface Digester extends AsyncDisposable {
  readonly concurrency: number
  readonly digest: NonNullable<VerifyOptions['digest']>
}

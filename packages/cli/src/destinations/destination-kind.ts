import type { Option } from 'commander'
import type { Destination, VerifyOptions } from '@ahi-dicom/export-files'
import type { CommandContext } from '../command-context.ts'

/** One kind of place that an export goes to, as the command line names it. `Options` are those that it reads. */
export interface DestinationKind<Place, Options> {
  /** What messages call it, such as `a folder`. */
  readonly name: string
  /** How the help writes it, such as `s3://BUCKET/PREFIX`. */
  readonly form: string
  /** Returns the place that a text names, or undefined if the text names another kind. Throws a `UsageError` if it is wrong. */
  readonly parse: (text: string) => Place | undefined
  /** Its own options. Kinds that share an option name it each. */
  readonly options?: () => readonly Option[]
  /**
   * Returns the name by which every machine knows the place. Only kinds have it whose places several processes fill at the
   * same time, each with a record of its own.
   */
  readonly shared?: (place: Place) => string
  /** Makes the destination. What it needs is loaded here, so that help and other kinds come at once. */
  readonly open: (place: Place, options: Options, context: CommandContext) => Promise<OpenOutput>
}

/** A destination, and what the command does with it beside the job. */
export interface OpenOutput {
  readonly destination: Destination
  /**
   * Returns what people call a file of its record, or undefined if there is no such file after all. Without this function,
   * the record is gone at the end, and the command says itself what the record would name.
   */
  readonly recordFile?: ((name: string) => string | undefined) | undefined
  /** Path of the folder that has the files, if it is one of this machine. */
  readonly directory?: string
  /** What is there of an export that selected nothing or did not come to its end, where neither a part nor the record stays. */
  readonly leftUnfinished?: string
  /** Whether files go to standard output, so that all that is said goes to standard error. */
  readonly isStandardOutput?: boolean
  /** Opens what reads files back faster than the destination does. */
  readonly openDigester?: () => Digester
  /** Opens what asks the destination for digests that it keeps, so that no file is read. */
  readonly openFastDigester?: () => Digester
}

/** Reads files back to compare them, several at a time. */
interface Digester extends AsyncDisposable {
  readonly concurrency: number
  readonly digest: NonNullable<VerifyOptions['digest']>
}

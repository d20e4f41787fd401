import type { ArchiveOptions } from './archive-options.ts'
import type { DimseOptions } from './dimse.ts'
import type { DicomwebOptions } from './dicomweb.ts'
import type { BucketOptions } from './bucket.ts'
import type { FolderOptions } from './folder.ts'

/** Options of all kinds of destinations, by the names that the parser gives them. */
export interface DestinationOptions
  extends ArchiveOptions, BucketOptions, DicomwebOptions, DimseOptions, FolderOptions {}

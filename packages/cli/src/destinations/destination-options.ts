import type { ArchiveOptions } from './archive-options.ts'
import type { DimseOptions } from './dimse.ts'
import type { DicomwebOptions } from './dicomweb.ts'
import type { BucketOptions } from './bucket.ts'
import type { FolderOptions } from './folder.ts'

/** Options of all kinds of destinations. */
export interface DestinationOptions
  extends ArchiveOptions, BucketOptions, DicomwebOptions, DimseOptions, FolderOptions {}

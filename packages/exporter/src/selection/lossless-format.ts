import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import type { ExporterClient } from './client.ts'

/** Returns the lossless format of frames if the documents of some instances do not name StoredTransferSyntaxUID. */
export type LosslessFormatOf = (instances: readonly ImageSetInstance[]) => Promise<LosslessStorageFormat>

/**
 * Returns a function that asks AHI for the lossless format of a data store. It sends one request, at the first instance
 * that needs it. If the request fails, for example for lack of permission, it returns HTJ2K, AHI's default. The bytes
 * of the frames decide in the end.
 */
export function losslessFormat(
  client: ExporterClient,
  request: { readonly datastoreId: string; readonly signal?: AbortSignal | undefined },
): LosslessFormatOf {
  let asked: Promise<LosslessStorageFormat> | undefined
  return async (instances) => {
    if (asked === undefined && !instances.some(isWithoutSyntax)) return 'HTJ2K'
    asked ??= ask(client, request)
    return asked
  }
}

function isWithoutSyntax({ instance }: ImageSetInstance): boolean {
  return instance.ImageFrames.length > 0 && instance.StoredTransferSyntaxUID === undefined
}

async function ask(
  client: ExporterClient,
  request: { readonly datastoreId: string; readonly signal?: AbortSignal | undefined },
): Promise<LosslessStorageFormat> {
  try {
    const datastore = await client.getDatastore?.(request)
    return datastore?.losslessStorageFormat === 'JPEG_2000_LOSSLESS' ? 'JPEG_2000_LOSSLESS' : 'HTJ2K'
  } catch {
    request.signal?.throwIfAborted()
    return 'HTJ2K'
  }
}

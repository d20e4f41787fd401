import { cacheDocuments, type ExporterClient } from '@ahi-dicom/exporter'
import { documentFolder } from '@ahi-dicom/exporter-fs'
import type { Log } from './log.ts'

/**
 * Returns a client that keeps metadata documents in `directory`, or `client` itself if there is no `directory`. Warns once
 * if the folder cannot be used.
 */
export function cachedClient(client: ExporterClient, directory: string | undefined, log: Log): ExporterClient {
  if (directory === undefined) return client
  let isTold = false
  return cacheDocuments(client, documentFolder({ directory }), {
    onFailure(error) {
      if (!isTold) log.warn(`cannot use --cache: ${error instanceof Error ? error.message : String(error)}`)
      isTold = true
    },
  })
}

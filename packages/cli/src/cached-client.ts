import { cacheDocuments, type ExporterClient } from '@ahi-dicom/exporter'
import { documentFolder } from '@ahi-dicom/exporter-fs'
import type { Log } from './log.ts'

/** Returns a client that keeps documents in a folder; the client itself without one. A folder that fails is told once. */
export function cachedClient(client: ExporterClient, directory: string | undefined, log: Log): ExporterClient {
  if (directory === undefined) return client
  let isTold = false
  return cacheDocuments(client, documentFolder({ directory }), {
    onFailure(error) {
      if (!isTold) log.warn(`documents are not kept: ${error instanceof Error ? error.message : String(error)}`)
      isTold = true
    },
  })
}

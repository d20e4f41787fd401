import type { OperationResponse } from '../operation/operation.ts'
import { startStream } from './start-stream.ts'

/** The media type of the DICOM JSON Model (PS3.18 annex F). */
export const dicomJsonType = 'application/dicom+json'

/** Answers with a JSON array of data sets, written at the client's pace. */
export async function jsonAnswer(dataSets: AsyncIterable<unknown>): Promise<OperationResponse> {
  return { stream: await startStream(jsonArray(dataSets)), contentType: dicomJsonType }
}

async function* jsonArray(dataSets: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  let separator = '['
  for await (const dataSet of dataSets) {
    yield Buffer.from(separator + JSON.stringify(dataSet))
    separator = ','
  }
  yield Buffer.from(separator === '[' ? '[]' : ']')
}

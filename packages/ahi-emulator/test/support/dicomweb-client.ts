import { api } from 'dicomweb-client'

/** The parts of dicomweb-client that tests use. Its own types require options that are optional. */
export interface DicomWebClient {
  searchForStudies(options?: object): Promise<unknown>
  searchForSeries(options?: object): Promise<unknown>
  searchForInstances(options?: object): Promise<unknown>
  retrieveSeriesMetadata(options: object): Promise<unknown>
  retrieveInstanceMetadata(options: object): Promise<unknown>
  retrieveInstanceFrames(options: object): Promise<ArrayBuffer[]>
  storeInstances(options: object): Promise<unknown>
}

/** Creates a client. A global XMLHttpRequest must exist. */
export function createDicomWebClient(url: string, headers: Readonly<Record<string, string>> = {}): DicomWebClient {
  return Reflect.construct(api.DICOMwebClient, [{ url, headers, verbose: false }])
}

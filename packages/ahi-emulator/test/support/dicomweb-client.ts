import { api } from 'dicomweb-client'

/** What tests use of dicomweb-client, whose own types ask for options that are optional. */
export interface DicomWebClient {
  searchForStudies(options?: object): Promise<unknown>
  searchForSeries(options?: object): Promise<unknown>
  searchForInstances(options?: object): Promise<unknown>
  retrieveSeriesMetadata(options: object): Promise<unknown>
  retrieveInstanceMetadata(options: object): Promise<unknown>
  retrieveInstanceFrames(options: object): Promise<ArrayBuffer[]>
  storeInstances(options: object): Promise<unknown>
}

/** Makes a client; there has to be an XMLHttpRequest. */
export function createDicomWebClient(url: string, headers: Readonly<Record<string, string>> = {}): DicomWebClient {
  return Reflect.construct(api.DICOMwebClient, [{ url, headers, verbose: false }])
}

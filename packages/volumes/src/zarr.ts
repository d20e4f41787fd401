/**
 * Makes Zarr hierarchies of volumes. It needs zarrita, which the user installs beside this package. It is imported once a
 * volume is encoded.
 * @module
 */
export { encodeZarr } from './encode/encode-zarr.ts'
export type { EncodeZarrOptions, ZarrFile, ZarrLocation, ZarritaModule } from './encode/encode-zarr.ts'

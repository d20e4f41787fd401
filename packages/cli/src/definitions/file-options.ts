import { type Command, Option } from 'commander'
import { parseFormats, parseFrames, parseWindow, wholeNumber } from '../options/option-values.ts'
import { defaultLayout, defaultSeriesLayout } from './default-layout.ts'

/** Adds the options that shape the files of an export. */
export function addFileOptions(command: Command): Command {
  return command
    .option('--format <list>', 'dcm,png,jpg,webp,gif,nii,nii.gz,npz,zarr,contact-sheet (default: dcm)', parseFormats)
    .addOption(
      new Option('--transfer-syntax <kind>', 'explicit: uncompressed pixels; stored: frames as AHI stores them')
        .choices(['explicit', 'stored'])
        .default('explicit'),
    )
    .addOption(
      new Option(
        '--source <kind>',
        'frames: build files from metadata and frames; instance: fetch whole instances (slower)',
      )
        .choices(['frames', 'instance'])
        .default('frames'),
    )
    .option('--layout <template>', `path of each file, or media for CDs and other media (default: ${defaultLayout})`)
    .option(
      '--series-layout <template>',
      `path of files of series, without their ending (default: ${defaultSeriesLayout})`,
    )
    .option('--dicomdir', 'write a DICOMDIR of all instances; implies --layout media')
    .option('--header-only', 'write DICOM files without pixel data')
    .option('--no-verify', 'do not decode stored frames to check them (for --transfer-syntax stored)')
    .addOption(
      new Option('--png-bits <bits>', 'PNG: 8 bits for display, or 16 bits for stored values (default: 8)').choices([
        '8',
        '16',
      ]),
    )
    .option('--frame <list>', 'pictures: frame numbers from 1, such as 3 or 1,5-8 (default: all)', parseFrames)
    .option('--window <c,w>', "pictures: window centre and width (default: the image's own)", parseWindow)
    .addOption(
      new Option('--window-index <n>', "pictures: number of the image's own window to use, from 1")
        .argParser(wholeNumber('--window-index', { from: 1, to: 1000 }))
        .conflicts('window'),
    )
    .option('--overlays', 'pictures: draw the overlays of the image')
    .option(
      '--size <pixels>',
      'pictures: longest edge; smaller images keep their size',
      wholeNumber('--size', { from: 1, to: 65_535 }),
    )
    .option(
      '--quality <n>',
      'JPEG, WebP: quality from 1 to 100 (default: 90)',
      wholeNumber('--quality', { from: 1, to: 100 }),
    )
    .option('--cine', 'WebP, GIF: animate multi-frame instances, and series of single-frame instances')
    .option('--contact-sheet', 'also write a contact sheet of each series')
    .addOption(
      new Option('--sheet-encoding <kind>', 'contact sheets: file format, png or jpg (default: png)').choices([
        'png',
        'jpg',
      ]),
    )
    .option(
      '--sheet-tiles <n>',
      'contact sheets: maximum number of tiles (default: 24)',
      wholeNumber('--sheet-tiles', { from: 1, to: 10_000 }),
    )
    .option(
      '--sheet-columns <n>',
      'contact sheets: tiles per row (default: 6)',
      wholeNumber('--sheet-columns', { from: 1, to: 1000 }),
    )
    .option(
      '--sheet-tile-size <pixels>',
      'contact sheets: longest edge of a tile (default: 256)',
      wholeNumber('--sheet-tile-size', { from: 16, to: 4096 }),
    )
    .option('--sheet-patient-data', 'contact sheets: print patient, study and series in the header')
    .addOption(
      new Option('--gaps <how>', 'volumes: fail if slices are missing, fill them, or split the volume there').choices([
        'error',
        'fill',
        'split',
      ]),
    )
    .addOption(
      new Option(
        '--values <kind>',
        'volumes: stored pixel values, or real-world values such as HU (default: stored)',
      ).choices(['stored', 'real-world']),
    )
    .addOption(
      new Option(
        '--segments <kind>',
        'volumes: all segments as labels in one volume, or one volume each (default: labels)',
      ).choices(['labels', 'separate']),
    )
}

import { type Command, Option } from 'commander'
import { parseFormats, parseFrames, parseWindow, wholeNumber } from '../options/option-values.ts'
import { defaultLayout, defaultSeriesLayout } from './default-layout.ts'

/** Adds the options that shape the files of an export. */
export function addFileOptions(command: Command): Command {
  return command
    .option('--format <list>', 'dcm (default),png,jpg,webp,gif,nii,nii.gz,npz,zarr,contact-sheet', parseFormats)
    .addOption(
      new Option(
        '--transfer-syntax <kind>',
        'explicit: decoded, readable everywhere; stored: frames as AHI stores them',
      )
        .choices(['explicit', 'stored'])
        .default('explicit'),
    )
    .addOption(
      new Option(
        '--source <kind>',
        'frames: metadata and frames; instance: whole instances as AHI makes them, at a lower rate',
      )
        .choices(['frames', 'instance'])
        .default('frames'),
    )
    .option(
      '--layout <template>',
      `path of each file; media: names for CDs and other media (default: ${defaultLayout})`,
    )
    .option(
      '--series-layout <template>',
      `files of series: path of each series, without its ending (default: ${defaultSeriesLayout})`,
    )
    .option('--dicomdir', 'write a DICOMDIR that lists all instances; the layout is media')
    .option('--header-only', 'DICOM files without pixel data')
    .option('--no-verify', 'with --transfer-syntax stored: do not decode frames to check them')
    .addOption(
      new Option('--png-bits <bits>', 'PNG: 8 for display, 16 for stored values (default: 8)').choices(['8', '16']),
    )
    .option('--frame <list>', 'pictures: frame numbers, such as 3 or 1,5-8; the first is 1 (default: all)', parseFrames)
    .option('--window <c,w>', "pictures: centre and width (default: the image's own)", parseWindow)
    .addOption(
      new Option('--window-index <n>', "pictures: which of the image's own windows; the first is 1")
        .argParser(wholeNumber('--window-index', { from: 1, to: 1000 }))
        .conflicts('window'),
    )
    .option('--overlays', 'pictures: draw the overlays of the image')
    .option(
      '--size <pixels>',
      'pictures: longest edge; smaller ones keep their size',
      wholeNumber('--size', { from: 1, to: 65_535 }),
    )
    .option('--quality <n>', 'JPEG and WebP: 1 to 100 (default: 90)', wholeNumber('--quality', { from: 1, to: 100 }))
    .option('--cine', 'WebP, GIF: animate instances of several frames, and series of single frames')
    .option('--contact-sheet', 'also a contact sheet of each series: tiles of every nth frame')
    .addOption(
      new Option('--sheet-encoding <kind>', 'contact sheets: png or jpg (default: png)').choices(['png', 'jpg']),
    )
    .option(
      '--sheet-tiles <n>',
      'contact sheets: tiles at most (default: 24)',
      wholeNumber('--sheet-tiles', { from: 1, to: 10_000 }),
    )
    .option(
      '--sheet-columns <n>',
      'contact sheets: tiles in a row (default: 6)',
      wholeNumber('--sheet-columns', { from: 1, to: 1000 }),
    )
    .option(
      '--sheet-tile-size <pixels>',
      'contact sheets: longest edge of a tile (default: 256)',
      wholeNumber('--sheet-tile-size', { from: 16, to: 4096 }),
    )
    .option('--sheet-patient-data', 'contact sheets: name patient, study and series in the header')
    .addOption(
      new Option(
        '--gaps <how>',
        'volumes: where slices are missing, an error, filled slices, or several volumes',
      ).choices(['error', 'fill', 'split']),
    )
    .addOption(
      new Option(
        '--values <kind>',
        'volumes: stored values, or real-world values such as HU (default: stored)',
      ).choices(['stored', 'real-world']),
    )
    .addOption(
      new Option(
        '--segments <kind>',
        'volumes: segments as labels of one, or each by itself (default: labels)',
      ).choices(['labels', 'separate']),
    )
}

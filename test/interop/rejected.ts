/**
 * The files of the shared folder that no data store can take, and the reason that their import gives. Alone, a file
 * that is no Part 10 file is nothing to import. "Tested completed": see completed-files.ts.
 */
export const REJECTED: Readonly<Record<string, string>> = {
  // text
  'INDEX.md': 'NOTHING_TO_IMPORT',
  // text
  'LICENSE.pydicom': 'NOTHING_TO_IMPORT',
  // text
  'LICENSE.pydicom-data': 'NOTHING_TO_IMPORT',
  // text
  'pydicom-charsets/FileInfo.txt': 'NOTHING_TO_IMPORT',
  // four elements
  'pydicom-charsets/chrSQEncoding.dcm': 'DICOM attribute SOPClassUID does not exist',
  // four elements
  'pydicom-charsets/chrSQEncoding1.dcm': 'DICOM attribute SOPClassUID does not exist',
  // tested completed
  'pydicom-data/HTJ2KLossless_08_RGB.dcm': 'DICOM attribute StudyInstanceUID does not exist',
  // tested completed
  'pydicom-data/HTJ2K_08_RGB.dcm': 'DICOM attribute StudyInstanceUID does not exist',
  // tested completed
  'pydicom-data/JLSL_08_07_0_1F.dcm': 'DICOM attribute StudyInstanceUID does not exist',
  // no preamble; tested completed
  'pydicom-data/JLSL_RGB_ILV0.dcm': 'NOTHING_TO_IMPORT',
  // no preamble; tested completed
  'pydicom-data/JLSL_RGB_ILV1.dcm': 'NOTHING_TO_IMPORT',
  // no preamble; tested completed
  'pydicom-data/JLSL_RGB_ILV2.dcm': 'NOTHING_TO_IMPORT',
  // no preamble; tested completed
  'pydicom-data/JLSN_RGB_ILV0.dcm': 'NOTHING_TO_IMPORT',
  // no preamble; tested completed
  'pydicom-data/OT-PAL-8-face.dcm': 'NOTHING_TO_IMPORT',
  // its UIDs are hashes; tested completed
  'pydicom-data/bad_sequence.dcm': 'DICOM attribute SOPInstanceUID is not a UID',
  // cut short on purpose
  'pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm':
    'truncated: a fragment or the delimiter of the pixel data needs 8 bytes, 0 are left at byte 40316',
  // no preamble; tested completed
  'pydicom/ExplVR_BigEndNoMeta.dcm': 'NOTHING_TO_IMPORT',
  // no preamble; tested completed
  'pydicom/ExplVR_LitEndNoMeta.dcm': 'NOTHING_TO_IMPORT',
  // tested completed
  'pydicom/JPEGLSNearLossless_08.dcm': 'DICOM attribute StudyInstanceUID does not exist',
  // tested completed
  'pydicom/JPEGLSNearLossless_16.dcm': 'DICOM attribute StudyInstanceUID does not exist',
  // cut short on purpose
  'pydicom/MR_truncated.dcm':
    'truncated: attribute 7FE00010 promises 8192 bytes, 8130 are left; it begins at byte 1488',
  // text
  'pydicom/README.txt': 'NOTHING_TO_IMPORT',
  // tested completed
  'pydicom/SC_rgb_jls_lossy_line.dcm': 'DICOM attribute StudyInstanceUID does not exist',
  // tested completed
  'pydicom/SC_rgb_jls_lossy_sample.dcm': 'DICOM attribute StudyInstanceUID does not exist',
  // one sequence
  'pydicom/UN_sequence.dcm': 'DICOM attribute SOPClassUID does not exist',
  // a colour profile
  'pydicom/crayons.icc': 'NOTHING_TO_IMPORT',
  // a media directory
  'pydicom/dicomdirtests/DICOMDIR': 'DICOM attribute SOPClassUID does not exist',
  // a media directory
  'pydicom/dicomdirtests/DICOMDIR-bigEnd': 'DICOM attribute SOPClassUID does not exist',
  // a media directory
  'pydicom/dicomdirtests/DICOMDIR-empty.dcm': 'DICOM attribute SOPClassUID does not exist',
  // a media directory
  'pydicom/dicomdirtests/DICOMDIR-implicit': 'DICOM attribute SOPClassUID does not exist',
  // broken on purpose
  'pydicom/dicomdirtests/DICOMDIR-nooffset':
    'truncated: the item at byte 10860 of sequence 00041220 promises 248 bytes, 224 are left in its sequence, which begins at byte 384',
  // a media directory
  'pydicom/dicomdirtests/DICOMDIR-nopatient': 'DICOM attribute SOPClassUID does not exist',
  // a media directory
  'pydicom/dicomdirtests/DICOMDIR-reordered': 'DICOM attribute SOPClassUID does not exist',
  // text
  'pydicom/dicomdirtests/README.txt': 'NOTHING_TO_IMPORT',
  // a media directory
  'pydicom/dicomdirtests/TINY_ALPHA/DICOMDIR': 'DICOM attribute SOPClassUID does not exist',
  // text
  'pydicom/dicomdirtests/TINY_ALPHA/README': 'NOTHING_TO_IMPORT',
  // two elements
  'pydicom/empty_charset_LEI.dcm': 'DICOM attribute SOPClassUID does not exist',
  // its group 2 is incomplete on purpose
  'pydicom/meta_missing_tsyntax.dcm': 'DICOM attribute TransferSyntaxUID does not exist',
  // private sequences alone
  'pydicom/nested_priv_SQ.dcm': 'DICOM attribute SOPClassUID does not exist',
  // one element, no preamble
  'pydicom/no_meta.dcm': 'NOTHING_TO_IMPORT',
  // three elements
  'pydicom/no_meta_group_length.dcm': 'DICOM attribute SOPClassUID does not exist',
  // private sequences alone
  'pydicom/priv_SQ.dcm': 'DICOM attribute SOPClassUID does not exist',
  // text
  'pydicom/rtplan.dump': 'NOTHING_TO_IMPORT',
  // cut short on purpose
  'pydicom/rtplan_truncated.dcm':
    'truncated: attribute 300A00B0 promises 976 bytes, 711 are left; it begins at byte 1410',
  // no preamble; tested completed
  'pydicom/rtstruct.dcm': 'NOTHING_TO_IMPORT',
  // text
  'pydicom/rtstruct.dump': 'NOTHING_TO_IMPORT',
  // JSON
  'pydicom/test1.json': 'NOTHING_TO_IMPORT',
  // JSON
  'pydicom/test_PN.json': 'NOTHING_TO_IMPORT',
  // gzip
  'pydicom/zipMR.gz': 'NOTHING_TO_IMPORT',
}

"""Generated DICOM objects, one subject a module."""

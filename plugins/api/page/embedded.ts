export const PAGE = "<!doctype html><title>drbdd</title>";
export const PAGE_ETAG = '"x"';
export const PAGE_POLICY = "default-src 'none'";

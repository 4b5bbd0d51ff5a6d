/** The way out where the folder of downloaded data cannot be used. */
export const elsewhere = 'Or name another folder for data with --data-cache.';

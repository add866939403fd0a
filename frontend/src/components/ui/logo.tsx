/** The mark alone; the name beside it is text. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#3b55d9" />
      <path
        d="M8 11.500c0-1.900 3.600-3.500 8-3.500s8 1.600 8 3.500-3.600 3.500-8 3.500-8-1.600-8-3.500Z"
        fill="#fff"
      />
      <path
        d="M8.200 14.600 9.900 22c.3 1.200 2.900 2 6.100 2s5.800-.8 6.100-2l1.700-7.400c-1.600 1.400-4.500 2.300-7.800 2.300s-6.200-.9-7.800-2.300Z"
        fill="#fff"
        fillOpacity=".72"
      />
    </svg>
  );
}

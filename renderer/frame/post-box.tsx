/** The post box: Postern's sign. */
export function PostBox() {
  return (
    <svg className="post-box" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path className="post-box-body" d="M3 18V8a7 7 0 0 1 14 0v10z" />
      <path className="post-box-letter" d="M7.5 3.5h5v4h-5z" />
      <path className="post-box-slot" d="M6 7h8v1.6H6z" />
      <path className="post-box-foot" d="M2 16.5h16V19H2z" />
    </svg>
  )
}

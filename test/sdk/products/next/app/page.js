export default function Page() {
  return <p>parcels</p>;
}

//! UDP sockets of the real world. Everything above takes a socket that is already there, so that a simulation can
//! give another.

pub use quinn::AsyncUdpSocket;
use quinn::{Runtime, TokioRuntime};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

/// All children of a hub share its one socket, and the system's default loses their packets at a reconnection storm.
const LISTENING_BUFFER_BYTES: usize = 8 << 20;

/// A hub's socket at an address of this machine. The system may grant smaller buffers than asked for
/// (`net.core.rmem_max`); [`receive_buffer_bytes`] tells.
pub fn listening(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = bound(address).or_else(|error| match address.ip() {
        // "Any address" on a machine without IPv6.
        IpAddr::V6(ip) if ip.is_unspecified() => bound((Ipv4Addr::UNSPECIFIED, address.port()).into()),
        _ => Err(error),
    })?;
    socket.set_recv_buffer_size(LISTENING_BUFFER_BYTES)?;
    socket.set_send_buffer_size(LISTENING_BUFFER_BYTES)?;
    Ok(socket.into())
}

/// A dialler's socket: any port, both address families where the system has both.
pub fn dialling() -> io::Result<UdpSocket> {
    bound((Ipv6Addr::UNSPECIFIED, 0).into())
        .or_else(|_| bound((Ipv4Addr::UNSPECIFIED, 0).into()))
        .map(UdpSocket::from)
}

/// Hands a socket to the transport. Called within a tokio runtime.
pub fn for_transport(socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
    TokioRuntime.wrap_udp_socket(socket)
}

/// A dialler's socket, handed to the transport. Called within a tokio runtime.
pub fn dialler() -> io::Result<Arc<dyn AsyncUdpSocket>> {
    for_transport(dialling()?)
}

/// What the system granted.
pub fn receive_buffer_bytes(socket: &UdpSocket) -> io::Result<usize> {
    socket2::SockRef::from(socket).recv_buffer_size()
}

fn bound(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // Systems differ in the default; where it cannot be set, IPv6 alone must do.
        let _one_family = socket.set_only_v6(false);
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

/** The plan's attributes, as the code of its steps 7 to 9 and 12 to 14 gives them: written out here, not read from the catalogue. */
export const businessEventAttributes: Readonly<Record<string, string>> = {
  "session.start": "session_id: string, channel: string",
  "session.message": "session_id: string, role: string, message_length: int, response_time_ms: number",
  "session.escalate": "session_id: string, reason: string, severity: string",
  "query.tracking": "session_id: string, tracking_number: string, carrier: string, success: boolean, status: string",
  "query.order": "session_id: string, order_number: string, site: string, success: boolean, response_time_ms: number",
  "agent.login": "agent_id: int, agent_name: string",
  "agent.logout": "agent_id: int, work_duration_minutes: number, sessions_handled: int",
  "agent.status_change": "agent_id: int, from_status: string, to_status: string",
  "agent.session_takeover": "agent_id: int, session_id: string, wait_duration_seconds: number",
  "agent.session_message": "agent_id: int, session_id: string, message_length: int",
  "agent.session_release": "agent_id: int, session_id: string, handle_duration_seconds: number, message_count: int",
  "agent.session_transfer": "agent_id: int, session_id: string, target_agent_id: int, reason: string",
  "ticket.created": "ticket_id: int, source: string, type: string, priority: string, agent_id: int",
  "ticket.assigned": "ticket_id: int, from_agent_id: int, to_agent_id: int",
  "ticket.status_changed": "ticket_id: int, from_status: string, to_status: string, agent_id: int",
  "ticket.closed": "ticket_id: int, resolution_duration_hours: number, sla_met: boolean",
};
